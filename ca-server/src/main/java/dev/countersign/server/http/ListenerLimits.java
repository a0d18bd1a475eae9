package dev.countersign.server.http;

import java.time.Duration;

/**
 * What one listener allows.
 *
 * @param connections open at once
 * @param connectionsPerAddress open at once from one address
 * @param idle silence after which a connection is closed; also the time for a head, for a body, and
 *     for each 64 KiB of an answer
 * @param answer how long an answer may take to be found
 * @param threads that read, write and run what does not wait
 * @param body the largest that is read, in bytes
 * @param bodies the memory for all that are being read
 */
public record ListenerLimits(
    int connections,
    int connectionsPerAddress,
    Duration idle,
    Duration answer,
    int threads,
    int body,
    BodyBudget bodies) {
  static final int HEAD = 8 * 1024;

  /**
   * What the operating system keeps of an answer that is not taken; left alone it keeps megabytes
   * for each connection, and tells us of progress only by the megabyte.
   */
  static final int SEND_BUFFER = 128 * 1024;
}
