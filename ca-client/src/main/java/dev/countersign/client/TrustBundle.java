package dev.countersign.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.countersign.client.ClientException.Kind;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.Pin;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.Predicate;

/**
 * A numbered set of roots. A higher number replaces a lower one, never the other way round, and a
 * root is only ever added because an older one vouches for it.
 */
public record TrustBundle(long number, List<Certificate> roots, List<Certificate> cross) {
  // A rotation has two at a time; far more are no bundle of an authority.
  private static final int MOST_ROOTS = 16;
  private static final int MOST_CROSS_CERTIFICATES = 64;

  /** The bundle in force in a folder. */
  static TrustBundle of(Credential credential) {
    return new TrustBundle(credential.info().trustBundle(), credential.roots(), List.of());
  }

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
    if (listed.size() > MOST_ROOTS) {
      throw bad("it has more than " + MOST_ROOTS + " roots");
    }
    List<Certificate> roots = new ArrayList<>();
    for (JsonNode entry : listed) {
      roots.add(root(entry));
    }
    return new TrustBundle(number.longValue(), List.copyOf(roots), cross(json));
  }

  /** Absent as long as no root has followed another. */
  private static List<Certificate> cross(JsonNode json) {
    JsonNode listed = json.path("crossCertificates");
    List<Certificate> cross = new ArrayList<>();
    if (!(listed instanceof MissingNode) && !listed.isArray()) {
      throw bad("its cross-certificates are no list");
    }
    if (listed.size() > MOST_CROSS_CERTIFICATES) {
      throw bad("it has more than " + MOST_CROSS_CERTIFICATES + " cross-certificates");
    }
    for (JsonNode entry : listed) {
      cross.add(single(entry));
    }
    return List.copyOf(cross);
  }

  private static Certificate root(JsonNode entry) {
    Certificate root = single(entry.path("certificate"));
    if (!ServerTrust.isRoot(root)) {
      throw bad("\"" + root.subject() + "\" in it is not a root");
    }
    try {
      if (root.pin().equals(Pin.parse(entry.path("pin").asText()))) {
        return root;
      }
    } catch (IllegalArgumentException e) {
      // no pin at all
    }
    throw bad("the pin of \"" + root.subject() + "\" in it is not the root's");
  }

  private static Certificate single(JsonNode pem) {
    try {
      List<Certificate> certificates = Certificate.parsePem(pem.asText());
      if (certificates.size() == 1) {
        return certificates.get(0);
      }
    } catch (IllegalArgumentException e) {
      throw bad("an entry of it cannot be read");
    }
    throw bad("an entry does not hold exactly one certificate");
  }

  /**
   * This bundle, taken at the first meeting.
   *
   * @param pinned which of its roots the enrolment string names
   */
  TrustBundle atFirst(Predicate<Certificate> pinned, Instant now) {
    requireVouched(roots.stream().filter(pinned).toList(), this, now);
    return this;
  }

  /**
   * The bundle to use from now on.
   *
   * @param server the root by which the server that offers it was trusted just now: a bundle
   *     without it would lock us out
   */
  TrustBundle next(TrustBundle offered, Certificate server, Instant now) {
    if (offered.number() < number) {
      return this; // an answer of a node that lags, or a replay
    }
    if (offered.number() == number) {
      if (!new HashSet<>(offered.roots()).equals(new HashSet<>(roots))) {
        throw bad("it has the number " + number + " of the one in force, and other roots");
      }
      return this;
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
    requireVouched(roots, offered, now);
    return offered;
  }

  private static void requireVouched(List<Certificate> known, TrustBundle offered, Instant now) {
    List<Certificate> unvouched =
        RootVouching.unvouched(offered.roots(), known, offered.cross(), now);
    if (!unvouched.isEmpty()) {
      Certificate first = unvouched.get(0);
      throw bad(
          "its root \""
              + first.subject()
              + "\" with pin "
              + first.pin()
              + " is new here, and no root that was trusted before vouches for it. Whoever got into"
              + " the authority's machine would try this");
    }
  }

  private static ClientException bad(String reason) {
    return new ClientException(
        Kind.WRONG_SERVER,
        "The authority's trust bundle was not taken: "
            + reason
            + ". Nothing was changed. Ask the authority's operator.");
  }
}
