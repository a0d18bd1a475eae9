package dev.countersign.client.tls;

import java.time.Instant;
import java.util.Optional;

/**
 * The time of one key, certificate and set of roots. Connections of an earlier one go on, but not
 * for ever.
 */
final class Era {
  private final Instant notAfter;
  private volatile Optional<Instant> supersededAt = Optional.empty();

  /**
   * @param notAfter of the own certificate
   */
  Era(Instant notAfter) {
    this.notAfter = notAfter;
  }

  void supersede(Instant now) {
    supersededAt = Optional.of(now);
  }

  boolean isOver() {
    return supersededAt.isPresent();
  }

  /**
   * Until when its connections may last, once it is over; as long as it is not, nothing ends them.
   */
  Optional<Instant> drainedAt(Optional<java.time.Duration> within) {
    return supersededAt.map(
        at -> within.map(at::plus).filter(limit -> limit.isBefore(notAfter)).orElse(notAfter));
  }
}
