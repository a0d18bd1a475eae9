package dev.countersign.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.client.ClientException.Kind;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.Pin;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A numbered set of roots. A higher number replaces a lower one, never the other way round. */
public record TrustBundle(long number, List<Certificate> roots) {

  /** Read strictly: this decides what will be trusted. */
  static TrustBundle of(JsonNode json) {
    JsonNode number = json.path("number");
    JsonNode listed = json.path("roots");
    if (!number.isIntegralNumber()
        || !number.canConvertToLong()
        || !listed.isArray()
        || listed.isEmpty()) {
      throw bad("it has no number or no roots");
    }
    List<Certificate> roots = new ArrayList<>();
    for (JsonNode entry : listed) {
      roots.add(root(entry));
    }
    return new TrustBundle(number.longValue(), List.copyOf(roots));
  }

  private static Certificate root(JsonNode entry) {
    try {
      List<Certificate> certificates = Certificate.parsePem(entry.path("certificate").asText());
      if (certificates.size() != 1) {
        throw bad("an entry does not hold exactly one certificate");
      }
      Certificate root = certificates.get(0);
      if (!ServerTrust.isRoot(root)) {
        throw bad("\"" + root.subject() + "\" in it is not a root");
      }
      if (!root.pin().equals(Pin.parse(entry.path("pin").asText()))) {
        throw bad("the pin of \"" + root.subject() + "\" in it is not the root's");
      }
      return root;
    } catch (IllegalArgumentException e) {
      throw bad("an entry of it cannot be read");
    }
  }

  /**
   * The bundle to use from now on.
   *
   * @param server the root by which the server that offers it was trusted just now: a bundle
   *     without it would lock us out
   */
  TrustBundle next(TrustBundle offered, Certificate server, Instant now) {
    if (offered.number() <= number) {
      return this; // an answer of a node that lags, or a replay
    }
    if (offered.roots().stream().noneMatch(r -> now.isBefore(r.notAfter()))) {
      throw bad("all roots in it are expired, so that nothing would be trusted any more");
    }
    if (offered.roots().stream().noneMatch(r -> r.pin().equals(server.pin()))) {
      throw bad(
          "the root \""
              + server.subject()
              + "\" that the authority itself is trusted by is not in it");
    }
    return offered;
  }

  private static ClientException bad(String reason) {
    return new ClientException(
        Kind.WRONG_SERVER,
        "The authority's trust bundle was not taken: "
            + reason
            + ". The bundle that was there before stays. Ask the authority's operator.");
  }
}
