package dev.countersign.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.client.ClientException.Kind;
import dev.countersign.client.CredentialInfo.RenewalWindow;
import dev.countersign.client.PathCheck.BrokenPathException;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.NameKind;
import dev.countersign.pki.Names;
import dev.countersign.pki.SubjectName;
import java.net.URI;
import java.security.PublicKey;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The answer of {@code /v1/enroll} and {@code /v1/renew}. Only {@link #verified} makes one. */
final class IssuedAnswer {
  // The certificate is back-dated by a minute; a clock this far behind the authority's is still no
  // reason to refuse it.
  private static final Duration CLOCKS_APART = Duration.ofMinutes(5);

  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?");

  private final String identity;
  private final String profile;
  private final Certificate certificate;
  private final List<Certificate> chain;
  private final TrustBundle trust;
  private final long denials;
  private final String crlText;
  private final List<URI> crlsElsewhere;
  private final RenewalWindow renewal;
  private RevocationLists crls = RevocationLists.NONE;
  private List<Certificate> issuers = List.of();

  private IssuedAnswer(JsonNode json) throws InvalidAnswerException {
    try {
      identity = text(json, "identity");
      profile = text(json, "profile");
      certificate = single(Certificate.parsePem(text(json, "certificate")));
      chain = Certificate.parsePem(text(json, "chain"));
      trust = TrustBundle.of(json.path("trust"));
      denials = json.path("denials").path("number").asLong(0);
      crlText = text(json.path("denials"), "crls");
      crlsElsewhere = new ArrayList<>();
      for (JsonNode address : json.path("denials").path("elsewhere")) {
        crlsElsewhere.add(URI.create(address.asText()));
      }
      JsonNode window = json.path("renewal");
      renewal =
          new RenewalWindow(
              Instant.parse(text(window, "start")),
              Instant.parse(text(window, "end")),
              Instant.parse(text(window, "graceUntil")));
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new InvalidAnswerException("it cannot be read (" + e.getMessage() + ")");
    }
  }

  private static final class InvalidAnswerException extends Exception {
    private static final long serialVersionUID = 1L;

    InvalidAnswerException(String reason) {
      super(reason);
    }
  }

  /**
   * Everything that can be checked is checked here, before anything is written.
   *
   * @param mayAnchor which roots of the answer's bundle the new chain may end at
   * @param expectedIdentity tells whether the certificate is for who asked
   */
  static IssuedAnswer verified(
      JsonNode json,
      PublicKey key,
      Predicate<Certificate> mayAnchor,
      Predicate<String> expectedIdentity,
      Instant now) {
    try {
      IssuedAnswer answer = new IssuedAnswer(json);
      answer.check(json, key, mayAnchor, now);
      if (!expectedIdentity.test(answer.identity)) {
        throw new InvalidAnswerException(
            "its certificate is for \"" + Printable.line(answer.identity) + "\", who did not ask");
      }
      return answer;
    } catch (InvalidAnswerException | BrokenPathException e) {
      throw new ClientException(
          Kind.WRONG_SERVER,
          "The authority's answer does not hold: "
              + e.getMessage()
              + ". Nothing was written. Tell the authority's operator; the same command can be run"
              + " again.",
          e);
    }
  }

  private void check(JsonNode json, PublicKey key, Predicate<Certificate> mayAnchor, Instant now)
      throws InvalidAnswerException, BrokenPathException {
    if (!java.util.Arrays.equals(certificate.publicKeyInfo(), key.getEncoded())) {
      throw new InvalidAnswerException("its certificate is for another key than was asked for");
    }
    if (!certificate.serial().toString().equals(text(json, "serial"))) {
      throw new InvalidAnswerException("its serial number is not the certificate's");
    }
    if (certificate.isCa()) {
      throw new InvalidAnswerException("its certificate is a CA's");
    }
    List<String> usages = PathCheck.usages(certificate);
    if (!usages.contains(PathCheck.CLIENT_AUTH) && !usages.contains(PathCheck.SERVER_AUTH)) {
      throw new InvalidAnswerException("its certificate is meant for neither servers nor clients");
    }
    if (!NAME.matcher(identity).matches() || !NAME.matcher(profile).matches()) {
      throw new InvalidAnswerException("its identity or profile has no name that there can be");
    }
    if (renewal.end().isBefore(renewal.start())
        || renewal.start().isAfter(certificate.notAfter())
        || renewal.graceUntil().isBefore(certificate.notAfter())) {
      throw new InvalidAnswerException("its certificate could never be renewed in time");
    }
    checkNames(json.path("names"));
    List<Certificate> anchors = trust.roots().stream().filter(mayAnchor).toList();
    if (anchors.isEmpty()) {
      throw new InvalidAnswerException("none of the roots in its trust bundle was expected");
    }
    Instant at =
        now.isBefore(certificate.notBefore())
                && now.plus(CLOCKS_APART).isAfter(certificate.notBefore())
            ? certificate.notBefore()
            : now;
    Certificate root = PathCheck.root(certificate, chain, anchors, at);
    issuers = new ArrayList<>(chain);
    issuers.add(root);
    crls = RevocationLists.verified(crlText, issuers);
  }

  private void checkNames(JsonNode promised) throws InvalidAnswerException {
    try {
      List<SubjectName> names = new ArrayList<>();
      for (NameKind kind : NameKind.values()) {
        for (JsonNode value : promised.path(kind.name().toLowerCase(java.util.Locale.ROOT))) {
          names.add(new SubjectName(kind, value.asText()));
        }
      }
      if (!new HashSet<>(Names.of(names).list())
          .equals(new HashSet<>(certificate.names().list()))) {
        throw new InvalidAnswerException(
            "its certificate does not bear the names that were promised");
      }
    } catch (InvalidRequestException e) {
      throw new InvalidAnswerException("a name in it is malformed (" + e.getMessage() + ")");
    }
  }

  private static Certificate single(List<Certificate> certificates) {
    if (certificates.size() != 1) {
      throw new IllegalArgumentException("there is not exactly one certificate");
    }
    return certificates.get(0);
  }

  private static String text(JsonNode json, String member) throws InvalidAnswerException {
    JsonNode value = json.get(member);
    if (value == null || !value.isTextual()) {
      throw new InvalidAnswerException("it has no \"" + member + "\"");
    }
    return value.textValue();
  }

  String identity() {
    return identity;
  }

  String profile() {
    return profile;
  }

  Certificate certificate() {
    return certificate;
  }

  List<Certificate> chain() {
    return chain;
  }

  TrustBundle trust() {
    return trust;
  }

  long denials() {
    return denials;
  }

  /** Those in it, and of those too large for it what can be fetched. */
  RevocationLists crls(CrlDownload download) {
    return download.newest(crlsElsewhere, issuers, crls);
  }

  RenewalWindow renewal() {
    return renewal;
  }
}
