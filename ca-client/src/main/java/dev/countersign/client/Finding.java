package dev.countersign.client;

import java.util.Map;

/**
 * One thing that was found in a file or at a server.
 *
 * @param kind such as {@code certificate}
 * @param facts in the order in which they are best read: texts, numbers, truth values, times, lists
 *     and maps of such
 */
public record Finding(String kind, Map<String, Object> facts) {}
