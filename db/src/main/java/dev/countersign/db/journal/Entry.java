package dev.countersign.db.journal;

import java.nio.ByteBuffer;

/**
 * What one group of writes has changed.
 *
 * @param number of the group
 * @param changes as they were appended
 */
public record Entry(long number, ByteBuffer changes) {}
