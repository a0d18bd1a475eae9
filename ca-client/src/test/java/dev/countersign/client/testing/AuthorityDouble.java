package dev.countersign.client.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.CertificateRequest;
import dev.countersign.pki.EnrollmentKey;
import dev.countersign.pki.EnrollmentString;
import dev.countersign.pki.FlattenedJws;
import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.Json;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.MalformedJwsException;
import dev.countersign.pki.Pin;
import dev.countersign.pki.SubjectName;
import dev.countersign.pki.testing.TestCa;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;

/** An authority in memory, strict about what it reads, which can be told to answer wrongly. */
public final class AuthorityDouble implements AutoCloseable {
  /** Answers instead of the authority, or declines with {@code false}. */
  public interface Fault {
    boolean answers(HttpExchange exchange) throws IOException;
  }

  /** What the answer to an enrolment or renewal is changed to before it is sent. */
  public interface Tampering {
    void change(ObjectNode answer);
  }

  /** One enrolment. */
  public static final class Entry {
    final String identity;
    final byte[] publicKey;
    final int uses;
    public volatile String state = "open";
    final Map<String, Certificate> issued = new LinkedHashMap<>();

    Entry(String identity, byte[] publicKey, int uses) {
      this.identity = identity;
      this.publicKey = publicKey;
      this.uses = uses;
    }
  }

  public static final String OWN_ID = "spiffe://test.internal/countersignd";

  private volatile TestCa ca;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final HttpsServer server;
  private final Tls.Shown shown;
  private final ExecutorService workers = Executors.newCachedThreadPool();
  private final Map<String, Entry> enrollments = new ConcurrentHashMap<>();
  private final Map<String, List<SubjectName>> identities = new ConcurrentHashMap<>();
  private final Map<String, Certificate> renewals = new ConcurrentHashMap<>();
  public final List<Certificate> issued = new CopyOnWriteArrayList<>();
  public final List<String> requests = new CopyOnWriteArrayList<>();
  public final Map<String, String> canned = new ConcurrentHashMap<>();
  public final List<String> bodies = new CopyOnWriteArrayList<>();
  public final List<Certificate> bundle = new CopyOnWriteArrayList<>();
  public final List<Certificate> cross = new CopyOnWriteArrayList<>();

  /** The revocation lists of answers; empty ones if there are none. */
  public volatile Optional<String> crls = Optional.empty();

  /** Where those are that do not come along. */
  public final List<String> crlsElsewhere = new CopyOnWriteArrayList<>();

  public volatile long bundleNumber = 1;
  public volatile Duration life = Duration.ofDays(30);
  public volatile Fault fault = exchange -> false;

  /** Answers what this double has no answer to by itself. */
  public volatile Fault more = exchange -> false;

  /** The number of the newest denial. */
  public volatile long denials;

  public volatile Tampering tampering = answer -> {};
  public volatile boolean answersAreLost;
  public volatile Optional<X509Certificate> lastClient = Optional.empty();

  private AuthorityDouble(TestCa ca, InstantSource clock, TestCa.Credential own) {
    this.ca = ca;
    this.clock = clock;
    this.shown = new Tls.Shown(own, ca.root());
    this.bundle.add(ca.root());
    try {
      server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      SSLContext context = Tls.server(shown);
      server.setHttpsConfigurator(
          new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
              SSLParameters tls = context.getDefaultSSLParameters();
              tls.setWantClientAuth(true);
              parameters.setSSLParameters(tls);
            }
          });
      server.createContext("/", this::handle);
      server.setExecutor(workers);
      server.start();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** On connections from now on. */
  public void shows(TestCa.Credential own, Certificate root) {
    shown.change(own, root);
  }

  public static AuthorityDouble start(TestCa ca, InstantSource clock) {
    return new AuthorityDouble(
        ca, clock, serverCredential(ca, "localhost", SubjectName.uri(OWN_ID)));
  }

  /** For servers and clients of this host. */
  public static TestCa.Credential serverCredential(TestCa ca, String host, SubjectName... others) {
    KeyPair key = KeyAlgorithm.P256.generate(new SecureRandom());
    List<SubjectName> names = new ArrayList<>(List.of(SubjectName.dns(host)));
    names.addAll(List.of(others));
    Certificate own = ca.issue(key.getPublic(), host, names, Duration.ofDays(30));
    return new TestCa.Credential(key, List.of(own, ca.issuing()));
  }

  /** With a server certificate of one's own. */
  public static AuthorityDouble start(TestCa ca, InstantSource clock, TestCa.Credential own) {
    return new AuthorityDouble(ca, clock, own);
  }

  public TestCa ca() {
    return ca;
  }

  public URI url() {
    return URI.create("https://localhost:" + server.getAddress().getPort());
  }

  /** From now on; its own certificate stays as it is. */
  public void issuesWith(TestCa next) {
    ca = next;
  }

  public AuthorityDouble identity(String name, SubjectName... names) {
    identities.put(name, List.of(names));
    return this;
  }

  public EnrollmentString string(String identity) {
    return string(identity, 1, List.of(url()), List.of(ca.root().pin()));
  }

  public EnrollmentString string(String identity, int uses, List<URI> urls, List<Pin> pins) {
    identities.putIfAbsent(identity, List.of(SubjectName.dns(identity + ".internal")));
    byte[] seed = new byte[32];
    random.nextBytes(seed);
    String id = "e" + (enrollments.size() + 1);
    enrollments.put(id, new Entry(identity, EnrollmentKey.derive(seed).publicKey(), uses));
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    return new EnrollmentString(urls, pins, id, seed, now, now.plus(Duration.ofHours(1)));
  }

  public Entry enrollment(EnrollmentString string) {
    return Objects.requireNonNull(enrollments.get(string.enrollmentId()));
  }

  /** Takes a credential of another double for one of its own. */
  public void knows(dev.countersign.client.Credential credential) {
    issued.add(credential.certificate());
    identities.put(credential.info().identity(), credential.certificate().names().list());
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
      lastClient = peer(exchange);
      if (fault.answers(exchange) || more.answers(exchange)) {
        return;
      }
      byte[] body = exchange.getRequestBody().readAllBytes();
      bodies.add(new String(body, java.nio.charset.StandardCharsets.UTF_8));
      try {
        answer(exchange, body);
      } catch (Refused e) {
        problem(exchange, e);
      } catch (MalformedJwsException | InvalidRequestException e) {
        problem(exchange, new Refused(400, "malformed", String.valueOf(e.getMessage())));
      } catch (GeneralSecurityException | RuntimeException e) {
        e.printStackTrace();
        problem(exchange, new Refused(500, "internal", e.toString()));
      }
    }
  }

  private static Optional<X509Certificate> peer(HttpExchange exchange) {
    try {
      return Optional.of(
          (X509Certificate) ((HttpsExchange) exchange).getSSLSession().getPeerCertificates()[0]);
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
  }

  private void answer(HttpExchange exchange, byte[] body)
      throws IOException, InvalidRequestException, GeneralSecurityException {
    String call = exchange.getRequestMethod() + " " + exchange.getRequestURI();
    String canned = this.canned.get(call);
    if (canned != null) {
      if (lastClient.isEmpty()) {
        throw new Refused(401, "unauthenticated", "Show a certificate.");
      }
      send(
          exchange,
          200,
          call.endsWith(".pem") ? "application/x-pem-file" : "application/json",
          canned.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      return;
    }
    switch (call) {
      case "GET /v1/trust" ->
          send(exchange, 200, "application/json", Json.MAPPER.writeValueAsBytes(trust()));
      case "POST /v1/enroll" -> enroll(exchange, body);
      case "POST /v1/renew" -> renew(exchange, body);
      default -> throw new Refused(404, "not-found", "There is no " + call + ".");
    }
  }

  private void enroll(HttpExchange exchange, byte[] body)
      throws IOException, InvalidRequestException, GeneralSecurityException {
    requireType(exchange, "application/jose+json");
    FlattenedJws jws = FlattenedJws.parse(body);
    Entry entry = enrollments.get(jws.headerText("kid"));
    if (entry == null || !jws.verify(entry.publicKey)) {
      throw new Refused(
          401, "unauthenticated", "There is no such enrolment, or the signature is not its key's.");
    }
    checkHeader(jws, "/v1/enroll");
    if (!entry.state.equals("open")) {
      throw entry.state.equals("revoked")
          ? new Refused(403, "identity-revoked", "The identity is revoked.")
          : new Refused(
              410,
              "enrollment-" + entry.state,
              "The enrolment is " + entry.state + ": ask for a new string.");
    }
    CertificateRequest request = csr(jws.payloadBytes());
    Certificate certificate;
    synchronized (entry) {
      String key = HexFormat.of().formatHex(request.key().sha256());
      if (!entry.issued.containsKey(key)) {
        if (entry.issued.size() >= entry.uses) {
          throw new Refused(
              409, "enrollment-used", "The enrolment was used up: ask for a new string.");
        }
        entry.issued.put(key, issue(entry.identity, request.key().publicKey()));
      }
      certificate = entry.issued.get(key);
    }
    issuedAnswer(exchange, entry.identity, certificate);
  }

  private void renew(HttpExchange exchange, byte[] body)
      throws IOException, InvalidRequestException, GeneralSecurityException {
    Certificate present;
    CertificateRequest request;
    if ("application/json".equals(exchange.getRequestHeaders().getFirst("Content-Type"))) {
      present =
          Certificate.parse(
              lastClient
                  .orElseThrow(() -> new Refused(401, "unauthenticated", "Show a certificate."))
                  .getEncoded());
      request = csr(body);
    } else {
      requireType(exchange, "application/jose+json");
      FlattenedJws jws = FlattenedJws.parse(body);
      present = jws.x5c().get(0);
      if (!jws.verify(present.x509().getPublicKey())) {
        throw new Refused(401, "unauthenticated", "The signature is not the certificate's key's.");
      }
      checkHeader(jws, "/v1/renew");
      request = csr(jws.payloadBytes());
    }
    String serial = present.serial().toString();
    if (issued.stream().noneMatch(c -> c.serial().toString().equals(serial))) {
      throw new Refused(404, "not-found", "No such certificate.");
    }
    Certificate next =
        renewals.computeIfAbsent(
            serial + HexFormat.of().formatHex(request.key().sha256()),
            k -> issue(present.commonName().orElseThrow(), request.key().publicKey()));
    issuedAnswer(exchange, present.commonName().orElseThrow(), next);
  }

  private static CertificateRequest csr(byte[] payload)
      throws IOException, InvalidRequestException {
    JsonNode json = Json.MAPPER.readTree(payload);
    if (json.size() != 1 || !json.path("csr").isTextual()) {
      throw new Refused(400, "malformed", "The payload has csr and nothing else.");
    }
    return CertificateRequest.verified(json.get("csr").textValue());
  }

  private static void requireType(HttpExchange exchange, String type) {
    if (!type.equals(exchange.getRequestHeaders().getFirst("Content-Type"))) {
      throw new Refused(415, "unsupported-media-type", "This takes " + type + ".");
    }
  }

  private void checkHeader(FlattenedJws jws, String path) {
    if (!jws.headerText("url").equals(url() + path)) {
      throw new Refused(
          401, "unauthenticated", "The request was signed for " + jws.headerText("url") + ".");
    }
    Instant at = Instant.ofEpochSecond(jws.headerNumber("iat"));
    if (Duration.between(at, clock.instant()).abs().compareTo(Duration.ofMinutes(5)) > 0) {
      throw new Refused(
          401, "clock-skew", "Your clock is off: it is " + clock.instant() + " here.");
    }
  }

  private List<SubjectName> names(String identity) {
    return Objects.requireNonNull(identities.get(identity));
  }

  private Certificate issue(String identity, PublicKey key) {
    Certificate certificate = ca.issue(key, identity, names(identity), life);
    issued.add(certificate);
    return certificate;
  }

  /** Issues for a key of one's own, as an operator would have it. */
  public TestCa.Credential credential(String identity) {
    identities.putIfAbsent(identity, List.of(SubjectName.dns(identity + ".internal")));
    KeyPair key = KeyAlgorithm.P256.generate(random);
    return new TestCa.Credential(key, List.of(issue(identity, key.getPublic()), ca.issuing()));
  }

  private void issuedAnswer(HttpExchange exchange, String identity, Certificate certificate)
      throws IOException {
    ObjectNode answer = Json.MAPPER.createObjectNode();
    answer.put("serial", certificate.serial().toString());
    answer.put("identity", identity);
    answer.put("profile", identity.startsWith("admin") ? "operator" : "peer");
    ObjectNode names = answer.putObject("names");
    for (SubjectName name : names(identity)) {
      names.withArray("/" + name.kind().label()).add(name.value());
    }
    answer.put("notBefore", certificate.notBefore().toString());
    answer.put("notAfter", certificate.notAfter().toString());
    answer.put("certificate", certificate.toPem());
    answer.put("chain", ca.issuing().toPem());
    answer.set("trust", trust());
    ObjectNode denials = answer.putObject("denials");
    denials.put("number", this.denials);
    denials.put("crls", crls.orElseGet(() -> Crls.empty(ca, clock)));
    crlsElsewhere.forEach(denials.withArray("/elsewhere")::add);
    ObjectNode renewal = answer.putObject("renewal");
    renewal.put("start", start(certificate).toString());
    renewal.put("end", end(certificate).toString());
    renewal.put("graceUntil", certificate.notAfter().plus(Duration.ofDays(7)).toString());
    tampering.change(answer);
    if (answersAreLost) {
      return; // the connection is closed without an answer, after the certificate was recorded
    }
    send(exchange, 200, "application/json", Json.MAPPER.writeValueAsBytes(answer));
  }

  /** Of the window in which it is to be renewed. */
  static Instant start(Certificate certificate) {
    return at(certificate, 2, 3);
  }

  static Instant end(Certificate certificate) {
    return at(certificate, 4, 5);
  }

  private static Instant at(Certificate certificate, int part, int of) {
    Duration whole = Duration.between(certificate.notBefore(), certificate.notAfter());
    return certificate
        .notBefore()
        .plus(whole.multipliedBy(part).dividedBy(of))
        .truncatedTo(ChronoUnit.SECONDS);
  }

  private ObjectNode trust() {
    ObjectNode trust = Json.MAPPER.createObjectNode();
    trust.put("number", bundleNumber);
    for (Certificate root : new ArrayList<>(bundle)) {
      ObjectNode entry = trust.withArray("/roots").addObject();
      entry.put("name", "root");
      entry.put("subject", root.subject());
      entry.put("pin", root.pin().toString());
      entry.put("notAfter", root.notAfter().toString());
      entry.put("certificate", root.toPem());
    }
    for (Certificate each : new ArrayList<>(cross)) {
      trust.withArray("/crossCertificates").add(each.toPem());
    }
    return trust;
  }

  private void problem(HttpExchange exchange, Refused refused) throws IOException {
    ObjectNode problem = Json.MAPPER.createObjectNode();
    problem.put("type", "urn:countersign:problem:" + refused.word);
    problem.put("title", refused.word);
    problem.put("status", refused.status);
    problem.put("detail", refused.getMessage());
    if (refused.word.equals("clock-skew")) {
      problem.put("serverTime", clock.instant().toString());
    }
    if (refused.status == 500) {
      problem.put("incident", "i-1");
    }
    send(
        exchange,
        refused.status,
        "application/problem+json",
        Json.MAPPER.writeValueAsBytes(problem));
  }

  public static void send(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int status;
    private final String word;

    Refused(int status, String word, String detail) {
      super(detail);
      this.status = status;
      this.word = word;
    }
  }

  @Override
  public void close() {
    server.stop(0);
    workers.shutdownNow();
  }
}
