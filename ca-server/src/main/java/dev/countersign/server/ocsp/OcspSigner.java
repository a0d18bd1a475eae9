package dev.countersign.server.ocsp;

import dev.countersign.server.ocsp.OcspAnswer.Failure;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Signs answers that hold for a time. */
public final class OcspSigner {
  private static final Logger LOG = LoggerFactory.getLogger(OcspSigner.class);

  private final Responders responders;
  private final Duration life;

  /**
   * @param life from thisUpdate to nextUpdate: how long a relying party may go without asking again
   */
  public OcspSigner(Responders responders, Duration life) {
    this.responders = responders;
    this.life = life;
  }

  Instant now() {
    return responders.now();
  }

  /**
   * Never throws: what cannot be answered is an answer too.
   *
   * @param asOf when was asked what is known of the certificates
   */
  OcspAnswer answer(
      OcspIssuer issuer,
      OcspRequest request,
      List<OcspResponseWriter.Single> singles,
      Instant asOf) {
    try {
      Instant thisUpdate = asOf.truncatedTo(ChronoUnit.SECONDS);
      Optional<Responder> responder = responders.of(issuer.authority(), thisUpdate);
      if (responder.isEmpty()) {
        return Failure.TRY_LATER.answer();
      }
      // RFC 6960 4.2.2.1: an answer does not outlive who signed it
      Instant until = responder.get().until();
      Instant nextUpdate = thisUpdate.plus(life);
      nextUpdate = nextUpdate.isAfter(until) ? until : nextUpdate;
      byte[] der =
          new OcspResponseWriter(responder.get(), thisUpdate, nextUpdate)
              .write(singles, request.nonce());
      // An unknown serial may be another node's newest
      boolean cacheable =
          request.isPlain() && singles.stream().allMatch(OcspResponseWriter.Single::issued);
      return new OcspAnswer(der, Optional.of(nextUpdate), cacheable);
    } catch (RuntimeException e) {
      LOG.error("An OCSP request could not be answered", e);
      return Failure.INTERNAL_ERROR.answer();
    }
  }

  /** When a new one is better: a quarter of its life is left to whoever gets it. */
  Instant agesAt(Instant asOf, Instant nextUpdate) {
    return nextUpdate.minus(Duration.between(asOf, nextUpdate).dividedBy(4));
  }
}
