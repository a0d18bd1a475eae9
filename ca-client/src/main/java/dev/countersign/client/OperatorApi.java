package dev.countersign.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.client.Answers.All;
import dev.countersign.client.Answers.Page;
import dev.countersign.client.ClientException.Kind;
import java.lang.reflect.Type;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.function.Function;

/**
 * The operators' part of the REST interface, asked over mutual TLS with an operator's credential.
 * Each call is one request. Those that read, and issuing, are tried again where that may help; a
 * call that changes something else is not: whoever calls sees first what came of it.
 */
public final class OperatorApi {
  private final CaConnection connection;
  private final Endpoints endpoints;
  private final Notices notices;
  private final Retries retries;

  private OperatorApi(
      CaConnection connection, Endpoints endpoints, Notices notices, Retries retries) {
    this.connection = connection;
    this.endpoints = endpoints;
    this.notices = notices;
    this.retries = retries;
  }

  /** {@code urls} are asked instead of the authority's URLs in the credential, if there are any. */
  public static OperatorApi with(
      Credential credential,
      List<URI> urls,
      Patience patience,
      InstantSource clock,
      SecureRandom random,
      Notices notices) {
    if (credential.isExpired(clock.instant())) {
      throw new ClientException(
          Kind.EXPIRED,
          "The credential of "
              + credential.info().identity()
              + " expired at "
              + credential.info().notAfter()
              + ". Until "
              + credential.info().renewal().graceUntil()
              + " it can be renewed: countersign renew; after that ask for a new enrolment"
              + " string.");
    }
    TlsIdentity identity = new TlsIdentity(credential.privateKey(), credential.fullChain());
    return new OperatorApi(
        CaConnection.trusting(credential, Optional.of(identity), patience, clock),
        urls.isEmpty() ? credential.info().endpoints() : new Endpoints(urls),
        notices,
        new Retries(patience, random, notices));
  }

  // identities

  public Answers.Identity addIdentity(Answers.NewIdentity identity) {
    return post("/v1/identities", identity, Answers.Identity.class);
  }

  public Answers.Identity identity(String name) {
    return get("/v1/identities/" + segment(name), Answers.Identity.class);
  }

  public Page<Answers.Identity> identities(Map<String, String> filter) {
    return get("/v1/identities" + query(filter), new TypeReference<Page<Answers.Identity>>() {});
  }

  public Answers.Identity updateIdentity(String name, Answers.IdentityChange change) {
    byte[] body = SignedRequests.bytes(change);
    return change(
        "/v1/identities/" + segment(name),
        Answers.Identity.class,
        uri -> connection.patch(uri, body));
  }

  public Answers.IdentityRevocation revokeIdentity(String name, Answers.RevokeRequest request) {
    return post(
        "/v1/identities/" + segment(name) + "/revoke", request, Answers.IdentityRevocation.class);
  }

  public Answers.Identity restoreIdentity(String name) {
    return change(
        "/v1/identities/" + segment(name) + "/restore",
        Answers.Identity.class,
        connection::postNothing);
  }

  // enrolments

  public Answers.CreatedEnrollment createEnrollment(Answers.NewEnrollment enrollment) {
    return post("/v1/enrollments", enrollment, Answers.CreatedEnrollment.class);
  }

  public Page<Answers.Enrollment> enrollments(Map<String, String> filter) {
    return get("/v1/enrollments" + query(filter), new TypeReference<Page<Answers.Enrollment>>() {});
  }

  public Answers.Enrollment cancelEnrollment(String id) {
    return change("/v1/enrollments/" + segment(id), Answers.Enrollment.class, connection::delete);
  }

  // certificates

  /**
   * The same key with the same request gets the same certificate, also from another URL of the
   * authority.
   */
  public Answers.Issued issueCertificate(Answers.IssueRequest request, String idempotencyKey) {
    byte[] body = SignedRequests.bytes(request);
    Map<String, String> key = Map.of("Idempotency-Key", idempotencyKey);
    return endpoints.ask(
        call(
            "/v1/certificates",
            shape(Answers.Issued.class),
            uri -> connection.post(uri, "application/json", body, key)),
        retries);
  }

  public Page<Answers.CertificateSummary> certificates(Map<String, String> filter) {
    return get(
        "/v1/certificates" + query(filter),
        new TypeReference<Page<Answers.CertificateSummary>>() {});
  }

  public Answers.Certificate certificate(String serial) {
    return get("/v1/certificates/" + segment(serial.replace(":", "")), Answers.Certificate.class);
  }

  /** The certificate and the issuing CA's. */
  public String certificatePem(String serial) {
    String path = "/v1/certificates/" + segment(serial.replace(":", "")) + ".pem";
    return endpoints.ask(
        base -> {
          notices.working("asking " + base);
          return connection.get(Endpoints.resolve(base, path), "application/x-pem-file").pem();
        },
        retries);
  }

  public Answers.Revocation revokeCertificate(String serial, Answers.RevokeRequest request) {
    return post(
        "/v1/certificates/" + segment(serial.replace(":", "")) + "/revoke",
        request,
        Answers.Revocation.class);
  }

  public Answers.Certificate releaseCertificate(String serial) {
    return change(
        "/v1/certificates/" + segment(serial.replace(":", "")) + "/release",
        Answers.Certificate.class,
        connection::postNothing);
  }

  // who has heard

  public Page<Answers.Unaware> unaware(Map<String, String> filter) {
    return get("/v1/checkins" + query(filter), new TypeReference<Page<Answers.Unaware>>() {});
  }

  /**
   * Waits until all who were heard of lately know of a denial.
   *
   * @return those who do not, at the end of the time
   */
  public List<Answers.Unaware> awaitHeard(long denial, Duration longest) {
    return new Hearing(this, Retries.Time.REAL).of(denial, longest);
  }

  public Answers.RenewalCall callForRenewal(Answers.RenewalCallRequest request) {
    return post("/v1/renewal-calls", request, Answers.RenewalCall.class);
  }

  // authority

  public List<Answers.Profile> profiles() {
    return get("/v1/profiles", new TypeReference<All<Answers.Profile>>() {}).items();
  }

  public Answers.Profile profile(String name) {
    return get("/v1/profiles/" + segment(name), Answers.Profile.class);
  }

  public List<Answers.Authority> authorities() {
    return get("/v1/authorities", new TypeReference<All<Answers.Authority>>() {}).items();
  }

  public Answers.Authority authority(String name) {
    return get("/v1/authorities/" + segment(name), Answers.Authority.class);
  }

  public Answers.EventPage events(Map<String, String> filter) {
    return get("/v1/events" + query(filter), Answers.EventPage.class);
  }

  private static <T> TypeReference<T> shape(Class<T> type) {
    return new TypeReference<>() {
      @Override
      public Type getType() {
        return type;
      }
    };
  }

  private <T> T get(String path, Class<T> type) {
    return get(path, shape(type));
  }

  private <T> T get(String path, TypeReference<T> type) {
    return endpoints.ask(call(path, type, uri -> connection.get(uri, "application/json")), retries);
  }

  private <T> T post(String path, Object body, Class<T> type) {
    byte[] bytes = SignedRequests.bytes(body);
    return change(path, type, uri -> connection.post(uri, "application/json", bytes, Map.of()));
  }

  private <T> T change(String path, Class<T> type, Function<URI, Answer> request) {
    return endpoints.askOnce(call(path, shape(type), request));
  }

  private <T> Function<URI, T> call(
      String path, TypeReference<T> type, Function<URI, Answer> request) {
    return base -> {
      notices.working("asking " + base);
      Answer answer = request.apply(Endpoints.resolve(base, path));
      return bind(answer, answer.json(), type);
    };
  }

  private static <T> T bind(Answer answer, JsonNode json, TypeReference<T> type) {
    try {
      return AnswerJson.bind(json, type);
    } catch (JsonProcessingException e) {
      throw answer.unusable(
          "with JSON of another shape (" + Printable.line(e.getOriginalMessage()) + ")");
    } catch (java.io.IOException e) {
      throw answer.unusable("with JSON that cannot be read");
    }
  }

  /** RFC 3986 3.3. A dot alone would be taken for a step in the path. */
  private static String segment(String text) {
    String encoded = URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    if (encoded.isEmpty() || encoded.matches("\\.{1,2}")) {
      throw new IllegalArgumentException("\"" + text + "\" is no name");
    }
    return encoded;
  }

  private static String query(Map<String, String> parameters) {
    if (parameters.isEmpty()) {
      return "";
    }
    StringJoiner joined = new StringJoiner("&", "?", "");
    parameters.forEach(
        (name, value) ->
            joined.add(
                name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20")));
    return joined.toString();
  }
}
