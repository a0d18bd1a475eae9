package dev.countersign.server.ocsp;

import dev.countersign.pki.MalformedDerException;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.authority.Hierarchy;
import dev.countersign.server.authority.RevokedAuthority;
import dev.countersign.server.crl.KnownDenials;
import dev.countersign.server.issuance.Denial;
import dev.countersign.server.ocsp.AnswerCache.Kept;
import dev.countersign.server.ocsp.OcspAnswer.Failure;
import dev.countersign.server.revocation.Status;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers OCSP requests (RFC 6960) about the certificates of an issuing CA, and about issuing CAs
 * that their root has revoked. From memory, if that can be trusted to have every denial: of what is
 * denied, and what was answered before. Else from the database as it is now. When that is away,
 * from memory until nextUpdate.
 */
public final class OcspResponder {
  private static final Logger LOG = LoggerFactory.getLogger(OcspResponder.class);

  /** The most bytes of a request that is looked at: sixteen CertIDs, a nonce, a signature. */
  public static final int LONGEST_REQUEST = 16 * 1024;

  private final Hierarchy hierarchy;
  private final KnownDenials denials;
  private final OcspRecords records;
  private final OcspSigner signer;
  private final AnswerCache cache = new AnswerCache();
  private final ConcurrentMap<String, OcspIssuer> issuers = new ConcurrentHashMap<>();

  public OcspResponder(
      Hierarchy hierarchy, KnownDenials denials, OcspRecords records, OcspSigner signer) {
    this.hierarchy = hierarchy;
    this.denials = denials;
    this.records = records;
    this.signer = signer;
  }

  /**
   * What is asked, and what memory says to it.
   *
   * @param trusted whether that is all that is denied
   * @param kept an answer given before; empty unless trusted
   */
  private record Question(
      OcspIssuer issuer,
      OcspRequest request,
      Instant at,
      Set<SerialNumber> serials,
      boolean trusted,
      Map<SerialNumber, Denial> denied,
      Optional<Kept> kept) {

    Authority authority() {
      return issuer.authority();
    }

    OcspRequest.Entry first() {
      return request.entries().get(0);
    }

    /** What memory does not settle. */
    Set<SerialNumber> open() {
      Set<SerialNumber> open = new HashSet<>(serials);
      if (trusted) {
        open.removeAll(denied.keySet());
      }
      return open;
    }

    OcspAnswer withoutDatabase() {
      return kept.map(Kept::answer).orElseGet(Failure.TRY_LATER::answer);
    }
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

  /**
   * At once, or when the database has said what memory does not know. Fails only as {@code admit}
   * does, and when no thread is left to ask: what cannot be answered is an answer too.
   *
   * @param admit is called before anything that costs more than a look into memory, and throws when
   *     the caller may not have that
   */
  public CompletableFuture<OcspAnswer> respond(String issuer, byte[] request, Runnable admit) {
    Optional<Authority> authority = hierarchy.find(issuer);
    if (authority.isEmpty()) {
      return now(Failure.UNAUTHORIZED.answer());
    }
    if (request.length > LONGEST_REQUEST) {
      return now(malformed());
    }
    OcspRequest read;
    try {
      read = OcspRequest.read(request);
    } catch (MalformedDerException e) {
      return now(malformed());
    }
    OcspIssuer named = issuers.computeIfAbsent(issuer, name -> OcspIssuer.of(authority.get()));
    if (read.entries().stream().noneMatch(named::isMeantBy)) {
      // RFC 5019 2.2.3: nothing here that we could know about
      return now(Failure.UNAUTHORIZED.answer());
    }
    return authority.get().kind() == Authority.Kind.ROOT
        ? respondOfRoot(named, read, admit)
        : respond(question(named, read), admit);
  }

  private static CompletableFuture<OcspAnswer> now(OcspAnswer answer) {
    return CompletableFuture.completedFuture(answer);
  }

  private Question question(OcspIssuer issuer, OcspRequest request) {
    Set<SerialNumber> serials =
        request.entries().stream()
            .filter(issuer::isMeantBy)
            .flatMap(entry -> entry.serialNumber().stream())
            .collect(Collectors.toSet());
    Instant now = signer.now();
    boolean trusted = denials.areTrusted(); // before asking what is denied
    Map<SerialNumber, Denial> denied = new HashMap<>();
    for (SerialNumber serial : serials) {
      denials.of(issuer.authority().name(), serial).ifPresent(denial -> denied.put(serial, denial));
    }
    Optional<Kept> kept =
        trusted && request.isPlain()
            ? cache.find(
                request.entries().get(0).certId(), now, denied.values().stream().findFirst())
            : Optional.empty();
    return new Question(issuer, request, now, serials, trusted, denied, kept);
  }

  private CompletableFuture<OcspAnswer> respond(Question question, Runnable admit) {
    boolean away = denials.isDatabaseAway();
    Optional<Kept> kept = question.kept().filter(old -> away || !old.isAging(question.at()));
    if (kept.isPresent()) {
      return now(kept.get().answer());
    }
    Set<SerialNumber> open = question.open();
    if (open.isEmpty()) {
      admit.run();
      return now(signed(question, Map.of()));
    }
    if (away) {
      return now(question.withoutDatabase());
    }
    admit.run();
    return records
        .statuses(question.authority(), open)
        .handle(
            (found, failure) ->
                failure == null ? signed(question, found) : unanswered(question, failure));
  }

  private OcspAnswer signed(Question question, Map<SerialNumber, Status> found) {
    List<OcspResponseWriter.Single> singles =
        question.request().entries().stream().map(entry -> single(question, entry, found)).toList();
    OcspAnswer answer =
        signer.answer(question.issuer(), question.request(), singles, question.at());
    Optional<Denial> denial = singles.get(0).denial();
    // Kept by what memory says: of what only the database knows to be denied nothing is kept
    if (denial.isEmpty() || question.denied().containsValue(denial.get())) {
      keep(question, answer, denial);
    }
    return answer;
  }

  private static OcspResponseWriter.Single single(
      Question question, OcspRequest.Entry entry, Map<SerialNumber, Status> found) {
    Optional<SerialNumber> serial =
        entry.serialNumber().filter(any -> question.issuer().isMeantBy(entry));
    Optional<Status> status = serial.map(found::get);
    if (status.isPresent()) {
      return new OcspResponseWriter.Single(entry.certId(), true, status.get().denial());
    }
    Optional<Denial> denial =
        question.trusted() ? serial.map(question.denied()::get) : Optional.empty();
    return new OcspResponseWriter.Single(entry.certId(), denial.isPresent(), denial);
  }

  private void keep(Question question, OcspAnswer answer, Optional<Denial> denial) {
    if (answer.cacheable()) {
      Instant from = question.at().truncatedTo(ChronoUnit.SECONDS); // thisUpdate
      Instant agesAt = signer.agesAt(from, answer.nextUpdate().orElseThrow());
      cache.put(question.first().certId(), new Kept(answer, denial, from, agesAt));
    }
  }

  private OcspAnswer unanswered(Question question, Throwable failure) {
    LOG.warn("The database did not answer an OCSP request: {}", String.valueOf(failure));
    // It may be known by now that it is away
    Question again = question(question.issuer(), question.request());
    boolean settled = question.authority().kind() != Authority.Kind.ROOT && again.open().isEmpty();
    return settled ? signed(again, Map.of()) : again.withoutDatabase();
  }

  /** Only of what it has revoked, each by itself and whatever nonce came with it. */
  private CompletableFuture<OcspAnswer> respondOfRoot(
      OcspIssuer root, OcspRequest request, Runnable admit) {
    if (request.entries().size() != 1) {
      return now(Failure.UNAUTHORIZED.answer());
    }
    Question question = question(root, request.withoutNonce());
    if (question.trusted() && question.denied().isEmpty()) {
      return now(Failure.UNAUTHORIZED.answer());
    }
    if (question.kept().isPresent() || denials.isDatabaseAway()) {
      return now(question.withoutDatabase());
    }
    admit.run();
    return records
        .revokedBy(root.authority())
        .handle(
            (revoked, failure) ->
                failure == null ? statement(question, revoked) : unanswered(question, failure));
  }

  private OcspAnswer statement(Question question, List<RevokedAuthority> revoked) {
    Optional<OcspAnswer> answer = RootStatements.answer(question.first(), revoked);
    answer.ifPresent(
        found -> {
          Optional<Denial> denial = question.denied().values().stream().findFirst();
          Instant until = found.nextUpdate().orElseThrow();
          cache.put(question.first().certId(), new Kept(found, denial, question.at(), until));
        });
    return answer.orElseGet(Failure.UNAUTHORIZED::answer);
  }
}
