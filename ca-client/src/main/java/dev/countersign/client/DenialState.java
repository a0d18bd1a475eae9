package dev.countersign.client;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.RevocationReason;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is denied, as the feed has said it.
 *
 * @param number all up to this one is known
 * @param at when that was so, by the authority's own clock and signature
 */
public record DenialState(long number, Instant at, DeniedSerials serials) {

  /** Why not to trust whoever shows this path: of the first in it that is denied. */
  public Optional<RevocationReason> against(List<Certificate> path) {
    return path.stream().flatMap(one -> serials.reason(one.serial()).stream()).findFirst();
  }
}
