package dev.countersign.server.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

/**
 * A thing as it is after an act, as it is answered elsewhere, and whether the act changed it.
 *
 * @param changed false when it was so already
 */
public record ActJson(@JsonUnwrapped Record thing, boolean changed) {}
