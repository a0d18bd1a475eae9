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
 * @param lag how long a request may wait for a thread that reads it: after that it is refused, and
 *     some seconds later connections are too
 * @param threads that read, write and run what does not wait
 * @param body the largest that is read, in bytes
 * @param bodies the memory for all that are being read
 */
public record ListenerLimits(
    int connections,
    int connectionsPerAddress,
    Duration idle,
    Duration answer,
    Duration lag,
    int threads,
    int body,
    BodyBudget bodies) {
  static final int HEAD = 8 * 1024;

  // Who cannot even connect may not ask again as soon as who is told when to
  private static final Duration LONGER = Duration.ofSeconds(4);

  /**
   * What the operating system keeps of an answer that is not taken; left alone it keeps megabytes
   * for each connection, and tells us of progress only by the megabyte.
   */
  static final int SEND_BUFFER = 128 * 1024;

  /** How long those who want to connect may have to wait before they are sent away. */
  Duration lagOfConnections() {
    return lag.plus(LONGER);
  }
}
