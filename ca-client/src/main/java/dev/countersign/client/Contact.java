package dev.countersign.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.pki.FlattenedJws;
import dev.countersign.pki.JwsSigner;
import java.net.URI;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a client that runs says to its authority and asks it now and then, over a connection that is
 * kept in between. Each is tried once: who says it now and then tries again.
 */
public final class Contact {
  // Longer than the wait that the feed asks for; a page of it has 115 kB at the most
  private static final Patience PATIENCE =
      new Patience(Duration.ofSeconds(10), Duration.ofSeconds(35), 256 << 10);

  private final KeptConnection connection;
  private final InstantSource clock;
  private final SecureRandom random;

  /**
   * What has been loaded.
   *
   * @param denials all up to this number is known; 0 if nothing was heard
   * @param version of the program
   */
  public record Loaded(long trustBundle, long denials, Optional<String> version) {}

  /** What the authority has. */
  public record Newest(long trustBundle, long denials) {}

  /**
   * When the authority wants the certificate to be renewed (RFC 9773 4.2).
   *
   * @param askAgain after how long, if it said
   */
  public record RenewalInfo(Instant start, Instant end, Optional<Duration> askAgain) {}

  /**
   * @param holder the present one, asked again and again
   */
  public Contact(Supplier<Holder> holder, InstantSource clock, SecureRandom random) {
    this(holder, clock, random, true);
  }

  /**
   * @param shows whether the certificate is shown, by which the authority knows who has heard what
   */
  Contact(Supplier<Holder> holder, InstantSource clock, SecureRandom random, boolean shows) {
    this.connection = new KeptConnection(holder, PATIENCE, clock, shows);
    this.clock = clock;
    this.random = random;
  }

  /**
   * What is denied, not followed yet; the number that the credential knows now is the lowest that
   * is believed.
   */
  public DenialFeed denials(DenialFeed.Listener listener) {
    return new DenialFeed(
        new DenialSource(connection, random),
        connection.holder().credential().info().denials(),
        listener,
        clock,
        random,
        Retries.Time.REAL);
  }

  /**
   * Tells what has been loaded beside the certificate, which is shown, or signed with where TLS
   * would not take it from a client.
   */
  public Newest checkIn(Loaded loaded) {
    Holder present = connection.holder();
    KeptConnection.Kept kept = connection.to(present);
    CaConnection open = kept.connection();
    byte[] payload = SignedRequests.bytes(members(loaded));
    SignedRequests signed = new SignedRequests(open, clock, Notices.NONE);
    JsonNode json =
        ask(
            present,
            base -> {
              URI uri = Endpoints.resolve(base, "/v1/checkin");
              return kept.shown()
                  ? open.post(uri, "application/json", payload, Map.of()).json()
                  : signed.post(
                      uri,
                      Map.of("x5c", FlattenedJws.x5c(present.credential().fullChain())),
                      payload,
                      JwsSigner.of(present.key().get()));
            });
    return new Newest(json.path("trustBundle").asLong(), json.path("denials").asLong());
  }

  private static Map<String, Object> members(Loaded loaded) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("denials", loaded.denials());
    members.put("trustBundle", loaded.trustBundle());
    loaded.version().ifPresent(version -> members.put("version", version));
    return members;
  }

  /** Whether the certificate is one that is shown: then who asks for denials is known by it. */
  public boolean isShown() {
    return connection.to(connection.holder()).shown();
  }

  public RenewalInfo renewalInfo() {
    Holder present = connection.holder();
    CaConnection open = connection.to(present).connection();
    String path = "/v1/renewal-info/" + present.credential().certificate().serial();
    Answer answer =
        ask(present, base -> open.get(Endpoints.resolve(base, path), "application/json"));
    JsonNode window = answer.json().path("suggestedWindow");
    try {
      return new RenewalInfo(
          OffsetDateTime.parse(window.path("start").asText()).toInstant(),
          OffsetDateTime.parse(window.path("end").asText()).toInstant(),
          answer.retryAfter());
    } catch (DateTimeException e) {
      throw answer.unusable("with a window that has no times");
    }
  }

  private <T> T ask(Holder present, java.util.function.Function<URI, T> request) {
    return present.credential().info().endpoints().ask(request, Retries.none(random));
  }
}
