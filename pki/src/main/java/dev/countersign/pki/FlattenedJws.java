package dev.countersign.pki;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A JWS in the flattened JSON form (RFC 7515 7.2.2) with a protected header only. That one exists
 * says it is well formed; that it verifies is for the caller to find out.
 */
public record FlattenedJws(
    @JsonProperty("protected") String protectedHeader,
    @JsonProperty("payload") String payload,
    @JsonProperty("signature") String signature) {

  private static final int LONGEST_HEADER = 64 * 1024;
  private static final int LONGEST_PAYLOAD = 128 * 1024;
  // An RSA key of 8192 bits signs with 1024 bytes.
  private static final int LONGEST_SIGNATURE = 1366;
  private static final int MOST_CERTIFICATES = 8;

  public FlattenedJws {
    require(protectedHeader, LONGEST_HEADER, "protected");
    require(payload, LONGEST_PAYLOAD, "payload");
    require(signature, LONGEST_SIGNATURE, "signature");
  }

  private static void require(String value, int longest, String member) {
    if (value.length() > longest || Base64Url.decodeOrNull(value) == null) {
      throw new MalformedJwsException("'" + member + "' of the JWS is not base64url, or too long");
    }
  }

  /**
   * Reads the JSON object.
   *
   * @throws MalformedJwsException for anything else, members of other forms of JWS among it
   */
  public static FlattenedJws parse(byte[] json) {
    try {
      return Json.read(json, FlattenedJws.class);
    } catch (JsonProcessingException e) {
      if (e.getCause() instanceof MalformedJwsException malformed) {
        throw malformed;
      }
      throw new MalformedJwsException(
          "not a flattened JWS: the JSON object has the string members protected, payload and signature",
          e);
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory failed", e);
    }
  }

  /** Signs the payload; {@code alg} is put first into the header. */
  public static FlattenedJws sign(Map<String, Object> header, byte[] payload, JwsSigner signer) {
    Map<String, Object> whole = new LinkedHashMap<>();
    whole.put("alg", signer.algorithm().label());
    whole.putAll(header);
    if (!whole.get("alg").equals(signer.algorithm().label())) {
      throw new IllegalArgumentException("the header names another algorithm than the signer's");
    }
    String protectedHeader;
    try {
      protectedHeader = Base64Url.encode(Json.MAPPER.writeValueAsBytes(whole));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("the header is not JSON", e);
    }
    String payloadText = Base64Url.encode(payload);
    byte[] signature = signer.sign(signingInput(protectedHeader, payloadText));
    return new FlattenedJws(protectedHeader, payloadText, Base64Url.encode(signature));
  }

  public byte[] toJson() {
    try {
      return Json.MAPPER.writeValueAsBytes(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("three strings are JSON", e);
    }
  }

  /**
   * The protected header, an object.
   *
   * @throws MalformedJwsException if it is none, or has {@code crit}: no extension is understood
   *     here (RFC 7515 4.1.11)
   */
  public JsonNode header() {
    JsonNode header;
    try {
      header = Json.MAPPER.readTree(decode(protectedHeader));
    } catch (IOException e) {
      throw new MalformedJwsException("the protected header of the JWS is not JSON", e);
    }
    if (header == null || !header.isObject()) {
      throw new MalformedJwsException("the protected header of the JWS is not a JSON object");
    }
    if (header.has("crit")) {
      throw new MalformedJwsException("the JWS has critical extensions, and none is understood");
    }
    return header;
  }

  /** The algorithm that the header names. */
  public JwsAlgorithm algorithm() {
    return JwsAlgorithm.parse(headerText("alg"));
  }

  /**
   * A member of the header that must be a string.
   *
   * @throws MalformedJwsException if it is absent or something else
   */
  public String headerText(String member) {
    JsonNode value = header().path(member);
    if (!value.isTextual()) {
      throw new MalformedJwsException(
          "'" + member + "' is missing in the JWS header, or no string");
    }
    return value.textValue();
  }

  /**
   * A member of the header that must be an integer.
   *
   * @throws MalformedJwsException if it is absent or something else
   */
  public long headerNumber(String member) {
    JsonNode value = header().path(member);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw new MalformedJwsException(
          "'" + member + "' is missing in the JWS header, or no integer");
    }
    return value.longValue();
  }

  /**
   * Whether the signature is this key's, under the one algorithm of such keys, which the header
   * must name.
   */
  public boolean verify(PublicKey key) {
    JwsAlgorithm algorithm = JwsAlgorithm.forKey(key);
    return headerText("alg").equals(algorithm.label())
        && algorithm.verify(key, signingInput(), signatureBytes());
  }

  /** Whether the signature is that of an enrolment key, 32 raw bytes. */
  public boolean verify(byte[] enrollmentPublicKey) {
    return headerText("alg").equals(JwsAlgorithm.EDDSA.label())
        && EnrollmentKey.verify(enrollmentPublicKey, signingInput(), signatureBytes());
  }

  public byte[] payloadBytes() {
    return decode(payload);
  }

  /** RFC 7515 5.1 (8): what is signed. */
  public byte[] signingInput() {
    return signingInput(protectedHeader, payload);
  }

  public byte[] signatureBytes() {
    return decode(signature);
  }

  /**
   * The certificates of {@code x5c}, the signer's first (RFC 7515 4.1.6).
   *
   * @throws MalformedJwsException if it is absent or not such a list
   */
  public List<Certificate> x5c() {
    JsonNode chain = header().path("x5c");
    if (!chain.isArray() || chain.isEmpty() || chain.size() > MOST_CERTIFICATES) {
      throw new MalformedJwsException("'x5c' is missing in the JWS header, or not a short list");
    }
    List<Certificate> certificates = new ArrayList<>();
    for (JsonNode element : chain) {
      try {
        certificates.add(Certificate.parse(Base64.getDecoder().decode(element.asText(""))));
      } catch (IllegalArgumentException e) {
        throw new MalformedJwsException(
            "'x5c' of the JWS holds something else than certificates", e);
      }
    }
    return List.copyOf(certificates);
  }

  /** The value of {@code x5c} for a header: base64, not base64url (RFC 7515 4.1.6). */
  public static List<String> x5c(List<Certificate> chain) {
    return chain.stream()
        .map(certificate -> Base64.getEncoder().encodeToString(certificate.encoded()))
        .toList();
  }

  private static byte[] signingInput(String protectedHeader, String payload) {
    return (protectedHeader + "." + payload).getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] decode(String base64url) {
    return Base64.getUrlDecoder().decode(base64url);
  }
}
