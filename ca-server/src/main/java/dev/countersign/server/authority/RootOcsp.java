package dev.countersign.server.authority;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.RevocationReason;
import java.time.Instant;

/**
 * Signs what OCSP says of a CA that its root revokes, while the root's key is here; {@code ocsp}
 * knows how, which a foundation may not know.
 */
@FunctionalInterface
public interface RootOcsp {

  /**
   * Does it.
   *
   * @param now since when it is revoked
   * @param until when the answers are good no more
   */
  RootAnswers revoked(
      Authority root, Certificate certificate, RevocationReason reason, Instant now, Instant until);
}
