package dev.countersign.bench.operations;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.countersign.bench.load.HttpConnection;
import dev.countersign.pki.FlattenedJws;
import dev.countersign.pki.Json;
import dev.countersign.pki.JwsSigner;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Requests of the REST interface, as openapi.yaml has them. */
final class Requests {
  private static final String JSON = "application/json";

  private Requests() {}

  static byte[] identity() {
    return post(
        "/v1/identities",
        Map.of("name", Subjects.IDENTITY, "names", Map.of("dns", List.of("bench.internal"))));
  }

  static byte[] issue(String csr) {
    return post(
        "/v1/certificates", Map.of("csr", csr, "identity", Subjects.IDENTITY, "profile", "peer"));
  }

  static byte[] enrolment(int uses) {
    return post("/v1/enrollments", Map.of("identity", Subjects.IDENTITY, "uses", uses));
  }

  static byte[] renew(String csr) {
    return post("/v1/renew", Map.of("csr", csr));
  }

  /**
   * A CSR in a JWS.
   *
   * @param signedBy the header that says whose key it is
   */
  static byte[] signed(
      URI base, String path, Map<String, Object> signedBy, String csr, JwsSigner signer) {
    Map<String, Object> header = new LinkedHashMap<>(signedBy);
    header.put("url", base + path);
    header.put("iat", System.currentTimeMillis() / 1000);
    return HttpConnection.request(
        "POST",
        path,
        "application/jose+json",
        FlattenedJws.sign(header, bytes(Map.of("csr", csr)), signer).toJson());
  }

  private static byte[] post(String path, Map<String, Object> body) {
    return HttpConnection.request("POST", path, JSON, bytes(body));
  }

  private static byte[] bytes(Object value) {
    try {
      return Json.MAPPER.writeValueAsString(value).getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e); // maps of strings
    }
  }
}
