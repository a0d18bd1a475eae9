package dev.countersign.server.ocsp;

import dev.countersign.db.DatabaseUnavailableException;
import dev.countersign.pki.MalformedDerException;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.authority.Hierarchy;
import dev.countersign.server.authority.RevokedAuthorities;
import dev.countersign.server.ocsp.OcspAnswer.Failure;
import dev.countersign.server.revocation.Status;
import dev.countersign.server.revocation.Statuses;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers OCSP requests (RFC 6960) about the certificates of an issuing CA, from the database as it
 * is now, and about issuing CAs that their root has revoked.
 */
public final class OcspResponder {
  private static final Logger LOG = LoggerFactory.getLogger(OcspResponder.class);

  /** The most bytes of a request that is looked at: sixteen CertIDs, a nonce, a signature. */
  public static final int LONGEST_REQUEST = 16 * 1024;

  private final Hierarchy hierarchy;
  private final Statuses statuses;
  private final RevokedAuthorities revokedCas;
  private final Responders responders;
  private final Duration life;
  private final ConcurrentMap<String, OcspIssuer> issuers = new ConcurrentHashMap<>();

  /**
   * @param life from thisUpdate to nextUpdate: how long a relying party may go without asking again
   */
  public OcspResponder(
      Hierarchy hierarchy,
      Statuses statuses,
      RevokedAuthorities revokedCas,
      Responders responders,
      Duration life) {
    this.hierarchy = hierarchy;
    this.statuses = statuses;
    this.revokedCas = revokedCas;
    this.responders = responders;
    this.life = life;
  }

  /**
   * The request in the path of a GET (RFC 5019 5): base64 of its DER, percent-encoded or not.
   *
   * @param path what follows {@code /ocsp/ISSUER/}, as it came
   */
  public static Optional<byte[]> decodePath(String path) {
    if (path.isEmpty() || path.length() > 2 * LONGEST_REQUEST) {
      return Optional.empty();
    }
    try {
      // A plus sign is one of base64's digits here, and no space.
      String base64 = URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.US_ASCII);
      return Optional.of(Base64.getDecoder().decode(base64));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** RFC 6960 4.2.1: what to answer to something that is no request at all. */
  public static OcspAnswer malformed() {
    return Failure.MALFORMED_REQUEST.answer();
  }

  /** Never throws: what cannot be answered is an answer too. */
  public OcspAnswer respond(String issuer, byte[] request) {
    try {
      Optional<Authority> authority = hierarchy.find(issuer);
      if (authority.isEmpty()) {
        return Failure.UNAUTHORIZED.answer();
      }
      if (request.length > LONGEST_REQUEST) {
        return Failure.MALFORMED_REQUEST.answer();
      }
      return authority.get().kind() == Authority.Kind.ROOT
          ? respondOfRoot(authority.get(), OcspRequest.read(request))
          : respond(authority.get(), OcspRequest.read(request));
    } catch (MalformedDerException e) {
      return Failure.MALFORMED_REQUEST.answer();
    } catch (DatabaseUnavailableException e) {
      LOG.warn("An OCSP request could not be answered: the database is away", e);
      return Failure.TRY_LATER.answer();
    } catch (RuntimeException e) {
      LOG.error("An OCSP request could not be answered", e);
      return Failure.INTERNAL_ERROR.answer();
    }
  }

  private OcspAnswer respondOfRoot(Authority root, OcspRequest request) {
    return RootStatements.answer(issuer(root), request, revokedCas.of(root))
        .orElseGet(Failure.UNAUTHORIZED::answer);
  }

  private OcspIssuer issuer(Authority authority) {
    return issuers.computeIfAbsent(authority.name(), name -> OcspIssuer.of(authority));
  }

  private OcspAnswer respond(Authority authority, OcspRequest request) {
    OcspIssuer issuer = issuer(authority);
    if (request.entries().stream().noneMatch(issuer::isMeantBy)) {
      return Failure.UNAUTHORIZED.answer(); // RFC 5019 2.2.3: nothing here that we could know about
    }
    Instant now = responders.now().truncatedTo(ChronoUnit.SECONDS);
    Optional<Responder> responder = responders.of(authority, now);
    if (responder.isEmpty()) {
      return Failure.TRY_LATER.answer();
    }
    // RFC 6960 4.2.2.1: an answer does not outlive who signed it
    Instant until = responder.get().until();
    Instant nextUpdate = now.plus(life).isAfter(until) ? until : now.plus(life);
    Map<SerialNumber, Status> known = statuses.of(authority.name(), asked(issuer, request));
    List<OcspResponseWriter.Single> singles = new ArrayList<>();
    boolean allKnown = true;
    for (OcspRequest.Entry entry : request.entries()) {
      Optional<Status> status =
          issuer.isMeantBy(entry) ? entry.serialNumber().map(known::get) : Optional.empty();
      allKnown &= status.isPresent();
      singles.add(new OcspResponseWriter.Single(entry.certId(), status));
    }
    byte[] der =
        new OcspResponseWriter(responder.get(), now, nextUpdate).write(singles, request.nonce());
    // An unknown serial may be another node's newest.
    boolean cacheable = request.nonce().isEmpty() && request.entries().size() == 1 && allKnown;
    return new OcspAnswer(der, Optional.of(nextUpdate), cacheable);
  }

  private static Set<SerialNumber> asked(OcspIssuer issuer, OcspRequest request) {
    return request.entries().stream()
        .filter(issuer::isMeantBy)
        .flatMap(entry -> entry.serialNumber().stream())
        .collect(Collectors.toSet());
  }
}
