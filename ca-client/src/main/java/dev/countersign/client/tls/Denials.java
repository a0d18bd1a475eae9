package dev.countersign.client.tls;

import dev.countersign.pki.Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What is known of those who are no longer to be trusted. One object is one state of knowledge. */
interface Denials {
  /**
   * Why not to trust, as the end of a sentence about whoever shows this.
   *
   * @param path a certificate and the CAs above it
   */
  Optional<String> against(List<Certificate> path);

  /** Until when this is the whole truth, by the authority's own clock and signature. */
  Optional<Instant> asOf();

  /** All up to this one is known, by the authority's feed; 0 if that was not heard. */
  long number();
}
