package dev.countersign.server.revocation;

import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SerialNumber;
import java.time.Instant;
import java.util.List;

/**
 * What a revocation did; the same when it is asked for again.
 *
 * @param revokedAt of the certificate that was named
 * @param all what is revoked with it, itself first
 * @param denials who knows what is denied up to this number knows of it
 */
public record Revocation(
    SerialNumber serial,
    RevocationReason reason,
    Instant revokedAt,
    List<SerialNumber> all,
    long denials) {

  public Revocation {
    all = List.copyOf(all);
  }
}
