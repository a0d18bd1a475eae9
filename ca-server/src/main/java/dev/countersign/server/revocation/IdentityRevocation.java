package dev.countersign.server.revocation;

import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SerialNumber;
import java.time.Instant;
import java.util.List;

/**
 * What the revocation of an identity did; the same when it is asked for again.
 *
 * @param denials who knows what is denied up to this number knows of it
 */
public record IdentityRevocation(
    String identity,
    RevocationReason reason,
    Instant revokedAt,
    List<SerialNumber> revoked,
    List<String> cancelledEnrollments,
    long denials) {

  public IdentityRevocation {
    revoked = List.copyOf(revoked);
    cancelledEnrollments = List.copyOf(cancelledEnrollments);
  }
}
