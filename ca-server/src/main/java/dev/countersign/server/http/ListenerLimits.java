package dev.countersign.server.http;

import java.time.Duration;

/**
 * What one listener allows.
 *
 * @param connections open at once
 * @param connectionsPerAddress open at once from one address
 * @param idle silence after which a connection is closed; also the time for a head or a body
 * @param threads that read, write and run what does not wait
 */
public record ListenerLimits(
    int connections, int connectionsPerAddress, Duration idle, int threads) {
  /** The largest body that is read, on every listener. */
  public static final int BODY = 64 * 1024;

  static final int HEAD = 8 * 1024;
}
