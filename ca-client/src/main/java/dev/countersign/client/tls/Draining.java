package dev.countersign.client.tls;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Ends connections that have outlived what they were made with: the own certificate, or the peer's.
 * A denial does not reach them any more, since authorities do not list what has expired (RFC 5280
 * 3.3).
 */
final class Draining {
  private final Endpoint endpoint;
  private final Optional<Duration> within;

  /**
   * @param within of a change, connections of before it end; empty for as long as certificates are
   *     valid
   */
  Draining(Endpoint endpoint, Optional<Duration> within) {
    this.endpoint = endpoint;
    this.within = within;
  }

  void round(Instant now) {
    for (Checkpoint checkpoint : endpoint.connections().all()) {
      checkpoint.endIfOver(now, within);
    }
  }
}
