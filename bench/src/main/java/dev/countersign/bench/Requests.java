package dev.countersign.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.bench.HttpConnection.Answer;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.CertificateRequest;
import dev.countersign.pki.EnrollmentKey;
import dev.countersign.pki.EnrollmentString;
import dev.countersign.pki.FlattenedJws;
import dev.countersign.pki.InvalidEnrollmentStringException;
import dev.countersign.pki.Json;
import dev.countersign.pki.JwsSigner;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.Names;
import dev.countersign.pki.Pem;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.OCSPRequest;
import org.bouncycastle.asn1.ocsp.Request;
import org.bouncycastle.asn1.ocsp.TBSRequest;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/**
 * Makes requests beforehand, with keys of their own, so that the clients have nothing left to do
 * but send them.
 */
final class Requests {
  private static final String IDENTITY = "bench";
  private static final int USES = 1000; // of one enrolment; openapi.yaml: at most

  private final URI base;
  private final List<KeyPair> keys = new ArrayList<>();
  private final List<String> csrs = new ArrayList<>();

  Requests(URI base, int keyCount, SecureRandom random) {
    this.base = base;
    for (int i = 0; i < keyCount; i++) {
      KeyPair key = KeyAlgorithm.P256.generate(random);
      keys.add(key);
      csrs.add(
          Pem.encode(
              "CERTIFICATE REQUEST",
              CertificateRequest.create(key, Optional.of(IDENTITY), Names.none())));
    }
  }

  byte[] identity() {
    return json(
        "POST",
        "/v1/identities",
        Map.of("name", IDENTITY, "names", Map.of("dns", List.of("bench.internal"))));
  }

  /** May be sent again and again: without an Idempotency-Key each is a new certificate. */
  List<byte[]> issue() {
    List<byte[]> requests = new ArrayList<>();
    for (String csr : csrs) {
      requests.add(
          json(
              "POST",
              "/v1/certificates",
              Map.of("csr", csr, "identity", IDENTITY, "profile", "peer")));
    }
    return requests;
  }

  /** Each may be sent once: another time it would get the same certificate. */
  List<byte[]> enrol(HttpConnection operator, int count)
      throws IOException, InvalidEnrollmentStringException {
    List<byte[]> requests = new ArrayList<>();
    String url = base + "/v1/enroll";
    while (requests.size() < count) {
      Answer answer =
          operator.ask(json("POST", "/v1/enrollments", Map.of("identity", IDENTITY, "uses", USES)));
      JsonNode created = Json.MAPPER.readTree(answer.body());
      EnrollmentString string = EnrollmentString.parse(created.path("string").asText());
      JwsSigner signer = JwsSigner.of(EnrollmentKey.derive(string.seed()));
      for (int i = 0; i < Math.min(USES, keys.size()) && requests.size() < count; i++) {
        Map<String, Object> header = new LinkedHashMap<>();
        header.put("kid", string.enrollmentId());
        requests.add(signed("/v1/enroll", url, header, csrs.get(i), signer));
      }
    }
    return requests;
  }

  /**
   * Each may be sent once.
   *
   * @param answers to the requests of {@link #issue()}, with the number of the request
   */
  List<byte[]> renew(Map<Integer, byte[]> answers) throws IOException {
    List<byte[]> requests = new ArrayList<>();
    String url = base + "/v1/renew";
    for (Map.Entry<Integer, byte[]> entry : answers.entrySet()) {
      int number = entry.getKey() % keys.size();
      Certificate current = certificate(entry.getValue());
      Map<String, Object> header = new LinkedHashMap<>();
      header.put("x5c", FlattenedJws.x5c(List.of(current)));
      JwsSigner signer = JwsSigner.of(keys.get(number).getPrivate());
      requests.add(signed("/v1/renew", url, header, csrs.get((number + 1) % csrs.size()), signer));
    }
    return requests;
  }

  /**
   * May be sent again and again. A CertID with SHA-1, as nearly all clients send (RFC 6960 4.1.1).
   */
  List<byte[]> ocsp(String path, Certificate issuer, List<Certificate> certificates)
      throws IOException {
    List<byte[]> requests = new ArrayList<>();
    AlgorithmIdentifier sha1 =
        new AlgorithmIdentifier(new ASN1ObjectIdentifier("1.3.14.3.2.26"), DERNull.INSTANCE);
    byte[] name = sha1(issuer.subjectDer());
    byte[] key =
        sha1(
            SubjectPublicKeyInfo.getInstance(issuer.publicKeyInfo()).getPublicKeyData().getBytes());
    for (Certificate certificate : certificates) {
      BigInteger serial = certificate.serial().toBigInteger();
      CertID id =
          new CertID(
              sha1, new DEROctetString(name), new DEROctetString(key), new ASN1Integer(serial));
      OCSPRequest request =
          new OCSPRequest(
              new TBSRequest(
                  (GeneralName) null, new DERSequence(new Request(id, null)), (Extensions) null),
              null);
      requests.add(
          HttpConnection.request("POST", path, "application/ocsp-request", request.getEncoded()));
    }
    return requests;
  }

  static Certificate certificate(byte[] issuedAnswer) throws IOException {
    return Certificate.parsePem(Json.MAPPER.readTree(issuedAnswer).path("certificate").asText())
        .get(0);
  }

  static X509Certificate issuer(byte[] issuedAnswer) throws IOException {
    return Certificate.parsePem(Json.MAPPER.readTree(issuedAnswer).path("chain").asText())
        .get(0)
        .x509();
  }

  private static byte[] sha1(byte[] content) {
    try {
      return java.security.MessageDigest.getInstance("SHA-1").digest(content);
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // each Java has it
    }
  }

  private static byte[] signed(
      String path, String url, Map<String, Object> header, String csr, JwsSigner signer) {
    header.put("url", url);
    header.put("iat", System.currentTimeMillis() / 1000);
    byte[] payload = bytes(Map.of("csr", csr));
    return HttpConnection.request(
        "POST", path, "application/jose+json", FlattenedJws.sign(header, payload, signer).toJson());
  }

  private static byte[] json(String method, String path, Map<String, Object> body) {
    return HttpConnection.request(method, path, "application/json", bytes(body));
  }

  private static byte[] bytes(Object value) {
    try {
      return Json.MAPPER.writeValueAsString(value).getBytes(StandardCharsets.UTF_8);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalStateException(e); // maps of strings
    }
  }
}
