package dev.countersign.server.feed;

import dev.countersign.pki.SerialNumber;
import java.time.Instant;
import java.util.Optional;

/**
 * What a client had loaded when it said so last.
 *
 * @param serial of the certificate by which it said that
 * @param denials up to which number it knows what is denied
 * @param trustBundle the number of its roots; empty if it has only asked for denials
 * @param version of its program, as it calls it
 */
public record Loaded(
    SerialNumber serial,
    Instant seenAt,
    long denials,
    Optional<Long> trustBundle,
    Optional<String> version) {

  /** With what is said later and does not say all. */
  Loaded followedBy(Loaded later) {
    return new Loaded(
        serial,
        later.seenAt,
        later.denials,
        later.trustBundle.or(() -> trustBundle),
        later.version.or(() -> version));
  }
}
