package dev.countersign.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.pki.FlattenedJws;
import dev.countersign.pki.Json;
import dev.countersign.pki.JwsSigner;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Sends requests signed as flattened JWS (RFC 7515 7.2.2). A clock that is off is noticed by the
 * authority; its time is then taken for the one request, once.
 */
final class SignedRequests {
  private final CaConnection connection;
  private final InstantSource clock;
  private final Notices notices;
  private Duration correction = Duration.ZERO;

  SignedRequests(CaConnection connection, InstantSource clock, Notices notices) {
    this.connection = connection;
    this.clock = clock;
    this.notices = notices;
  }

  /** The time as the authority has it, as far as is known. */
  Instant now() {
    return clock.instant().plus(correction);
  }

  JsonNode post(URI uri, Map<String, Object> header, byte[] payload, JwsSigner signer) {
    try {
      return once(uri, header, payload, signer);
    } catch (RefusedException e) {
      Optional<Instant> theirs = e.problem().serverTime();
      if (!e.problem().word().equals("clock-skew") || theirs.isEmpty()) {
        throw e;
      }
      correction = Duration.between(clock.instant(), theirs.get());
      notices.odd(
          "This machine's clock is "
              + amount(correction)
              + (correction.isNegative() ? " ahead of" : " behind")
              + " the authority's. Set it: certificates will look expired or not yet valid here.");
      return once(uri, header, payload, signer);
    }
  }

  private JsonNode once(URI uri, Map<String, Object> header, byte[] payload, JwsSigner signer) {
    Map<String, Object> complete = new LinkedHashMap<>(header);
    complete.put("url", uri.toString());
    complete.put("iat", now().getEpochSecond());
    FlattenedJws jws = FlattenedJws.sign(complete, payload, signer);
    return connection.post(uri, "application/jose+json", jws.toJson(), Map.of()).json();
  }

  static byte[] bytes(Object body) {
    try {
      return Json.MAPPER.writeValueAsBytes(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e); // our own maps and records
    }
  }

  private static String amount(Duration difference) {
    Duration positive = difference.abs();
    if (positive.toHours() >= 48) {
      return positive.toDays() + " days";
    }
    return positive.toMinutes() >= 120
        ? positive.toHours() + " hours"
        : positive.toMinutes() + " minutes";
  }
}
