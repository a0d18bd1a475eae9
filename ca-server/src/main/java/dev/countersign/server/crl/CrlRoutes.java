package dev.countersign.server.crl;

import dev.countersign.server.http.Call;
import dev.countersign.server.http.Content;
import dev.countersign.server.http.Endpoints;
import dev.countersign.server.http.Endpoints.Method;
import dev.countersign.server.http.Ranges;
import dev.countersign.server.http.Tag;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * {@code /crl/ISSUER.crl}, {@code /crl/ISSUER/delta.crl} and {@code /crl/ISSUER/SHARD.crl} on the
 * plain listener.
 */
public final class CrlRoutes {
  private static final String DELTA = "delta"; // as PublicationUrls says
  private static final Pattern SHARD = Pattern.compile("0|[1-9][0-9]{0,3}");

  private final CrlPublisher publisher;
  private final InstantSource clock;
  private final Duration interval;

  /**
   * @param interval a new list at least this often: no cache should keep one longer
   */
  public CrlRoutes(CrlPublisher publisher, InstantSource clock, Duration interval) {
    this.publisher = publisher;
    this.clock = clock;
    this.interval = interval;
  }

  public void registerPlain(Endpoints endpoints) {
    for (Method method : new Method[] {Method.GET, Method.HEAD}) {
      endpoints.quick(method, "/crl/{issuer}.crl", this::complete);
      endpoints.quick(method, "/crl/{issuer}/{shard}.crl", this::shard);
    }
  }

  private void complete(Call call) {
    answer(call, publisher.current(call.pathParam("issuer")));
  }

  private void shard(Call call) {
    String shard = call.pathParam("shard");
    answer(
        call,
        shard.equals(DELTA)
            ? publisher.currentDelta(call.pathParam("issuer"))
            : SHARD.matcher(shard).matches()
                ? publisher.current(call.pathParam("issuer"), Integer.parseInt(shard))
                : Optional.empty());
  }

  private void answer(Call call, Optional<PublishedCrl> found) {
    PublishedCrl crl =
        found.orElseThrow(() -> new Refusal(Kind.NOT_FOUND, "There is no list at this address."));
    Instant now = clock.instant();
    Duration left = Duration.between(now, crl.nextUpdate());
    Duration fresh = left.compareTo(interval) < 0 ? left : interval;
    call.header(
        "Cache-Control",
        "public, no-transform, must-revalidate, max-age=" + Math.max(0, fresh.toSeconds()));
    // The same for caches of HTTP/1.0, which do not know the other
    call.header("Expires", Tag.httpDate(now.plus(fresh)));
    if (!Tag.unchanged(call, crl.tag(), lastModified(crl))) {
      // RFC 2585 4.2
      Ranges.answer(call, "application/pkix-crl", crl.tag(), Content.of(crl.pieces()));
    }
  }

  /** RFC 9110 8.8.2.1: no date that is still to come. */
  private Optional<Instant> lastModified(PublishedCrl crl) {
    return crl.modified().filter(at -> !at.isAfter(clock.instant()));
  }
}
