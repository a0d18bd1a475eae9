package dev.countersign.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.CertificateRequest;
import dev.countersign.pki.EnrollmentKey;
import dev.countersign.pki.EnrollmentString;
import dev.countersign.pki.FlattenedJws;
import dev.countersign.pki.JwsSigner;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.Names;
import dev.countersign.pki.Pem;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A key with its certificate, as a service or an operator has it. */
record Credential(KeyPair key, List<Certificate> chain) {

  private static final SecureRandom RANDOM = new SecureRandom();

  Certificate certificate() {
    return chain.get(0);
  }

  String serial() {
    return certificate().serial().toString();
  }

  /** A renewal request signed by this credential, for a new key. */
  Wish renewal() {
    return new Wish(KeyAlgorithm.P256.generate(RANDOM), Optional.empty());
  }

  byte[] signed(URI url, byte[] payload) {
    return signed(url, payload, Duration.ZERO);
  }

  byte[] signed(URI url, byte[] payload, Duration skew) {
    Map<String, Object> header = header(url, skew);
    header.put("x5c", FlattenedJws.x5c(chain));
    return FlattenedJws.sign(header, payload, JwsSigner.of(key.getPrivate())).toJson();
  }

  static Map<String, Object> header(URI url, Duration skew) {
    Map<String, Object> header = new LinkedHashMap<>();
    header.put("url", url.toString());
    header.put("iat", Clock.systemUTC().instant().plus(skew).getEpochSecond());
    return header;
  }

  static Wish wish(EnrollmentString string) {
    return new Wish(KeyAlgorithm.P256.generate(RANDOM), Optional.of(string));
  }

  /** A key that wants a certificate. */
  record Wish(KeyPair key, Optional<EnrollmentString> string) {

    byte[] csr() {
      return csr(Names.none());
    }

    byte[] csr(Names names) {
      return CertificateRequest.create(key, Optional.empty(), names);
    }

    byte[] payload() {
      return payload(csr());
    }

    static byte[] payload(byte[] csr) {
      String pem = Pem.encode("CERTIFICATE REQUEST", csr).replace("\n", "\\n");
      return ("{\"csr\":\"" + pem + "\"}").getBytes(StandardCharsets.US_ASCII);
    }

    /** The enrolment request. */
    byte[] jws(URI server) {
      return jws(server.resolve("/v1/enroll"), payload(), Duration.ZERO);
    }

    byte[] jws(URI url, byte[] payload, Duration skew) {
      EnrollmentString from = string.orElseThrow();
      EnrollmentKey derived = EnrollmentKey.derive(from.seed());
      Map<String, Object> header = header(url, skew);
      header.put("kid", from.enrollmentId());
      return FlattenedJws.sign(header, payload, JwsSigner.of(derived)).toJson();
    }

    Credential granted(TestClient.Answer answer) {
      JsonNode json = answer.json();
      List<Certificate> chain =
          Stream.of("certificate", "chain")
              .flatMap(member -> Certificate.parsePem(json.get(member).asText()).stream())
              .toList();
      return new Credential(key, chain);
    }
  }
}
