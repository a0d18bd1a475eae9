package dev.countersign.bench.contenders;

import dev.countersign.bench.load.HttpConnection;
import dev.countersign.bench.load.Load;
import dev.countersign.bench.load.Prepared;
import dev.countersign.bench.machine.Ports;
import dev.countersign.bench.operations.Operation;
import dev.countersign.bench.operations.Subjects;
import dev.countersign.pki.Json;
import dev.countersign.pki.JwsSigner;
import dev.countersign.pki.KeyAlgorithm;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Smallstep's {@code step-ca} with its embedded database: {@code POST /1.0/sign} over TLS, each
 * with a one-time token of a JWK provisioner (smallstep.com/docs/step-ca).
 */
final class StepCa {
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
  private static final String SIGN = "/1.0/sign";
  private static final String PROVISIONER = "bench";
  private static final int TOKEN_LIFE = 300; // seconds; as its own client asks
  private static final int COORDINATE = 32; // RFC 7518 6.2.1.2: octets of a P-256 coordinate

  private final Path program;
  private final Path folder;
  private final int port = Ports.free();
  private final KeyPair provisioner = KeyAlgorithm.P256.generate(new SecureRandom());

  StepCa(Path program, Path folder) throws IOException {
    this.program = program;
    this.folder = folder;
  }

  Contender make(Subjects subjects) throws IOException {
    PeerAuthority authority = new PeerAuthority(folder);
    Path configuration = folder.resolve("ca.json");
    Files.writeString(configuration, Json.MAPPER.writeValueAsString(configuration(authority)));
    SSLContext tls = trusting(authority);
    PeerProcess process =
        new PeerProcess(List.of(program.toString(), configuration.toString()), folder, port);
    return new Peer("step-ca, embedded", process, null, extent -> issue(subjects, extent, tls));
  }

  private Map<String, Object> configuration(PeerAuthority authority) {
    return Map.of(
        "root",
        authority.rootFile().toString(),
        "crt",
        authority.certificateFile().toString(),
        "key",
        authority.keyFile().toString(),
        "address",
        "127.0.0.1:" + port,
        "dnsNames",
        List.of("localhost"),
        "db",
        Map.of("type", "badgerv2", "dataSource", folder.resolve("db").toString()),
        "authority",
        Map.of(
            "provisioners",
            List.of(Map.of("type", "JWK", "name", PROVISIONER, "key", publicKey()))));
  }

  /** RFC 7517. */
  private Map<String, Object> publicKey() {
    var point = ((ECPublicKey) provisioner.getPublic()).getW();
    return Map.of(
        "kty", "EC",
        "crv", "P-256",
        "use", "sig",
        "alg", "ES256",
        "kid", PROVISIONER,
        "x", coordinate(point.getAffineX()),
        "y", coordinate(point.getAffineY()));
  }

  private static String coordinate(BigInteger value) {
    byte[] bytes = value.toByteArray();
    byte[] fixed = new byte[COORDINATE];
    int length = Math.min(bytes.length, COORDINATE);
    System.arraycopy(bytes, bytes.length - length, fixed, COORDINATE - length, length);
    return BASE64.encodeToString(fixed);
  }

  private Load issue(Subjects subjects, Operation.Extent extent, SSLContext tls)
      throws IOException {
    List<byte[]> requests = new ArrayList<>();
    JwsSigner signer = JwsSigner.of(provisioner.getPrivate());
    for (int i = 0; i < extent.most(); i++) {
      Map<String, Object> body =
          Map.of("csr", subjects.requestPem(i % subjects.count()), "ott", token(signer));
      requests.add(
          HttpConnection.request(
              "POST",
              SIGN,
              "application/json",
              Json.MAPPER.writeValueAsString(body).getBytes(StandardCharsets.UTF_8)));
    }
    return Prepared.once(
        () -> new HttpConnection(tls.getSocketFactory().createSocket("localhost", port)), requests);
  }

  /** RFC 7519, which is used up by one request. */
  private String token(JwsSigner signer) throws IOException {
    long now = System.currentTimeMillis() / 1000;
    String signed =
        part(Map.of("alg", "ES256", "kid", PROVISIONER, "typ", "JWT"))
            + "."
            + part(
                Map.of(
                    "iss",
                    PROVISIONER,
                    "aud",
                    "https://localhost:" + port + SIGN,
                    "sub",
                    Subjects.IDENTITY,
                    "sans",
                    List.of(Subjects.IDENTITY),
                    "iat",
                    now,
                    "nbf",
                    now,
                    "exp",
                    now + TOKEN_LIFE,
                    "jti",
                    UUID.randomUUID().toString()));
    return signed
        + "."
        + BASE64.encodeToString(signer.sign(signed.getBytes(StandardCharsets.US_ASCII)));
  }

  private static String part(Map<String, Object> content) throws IOException {
    return BASE64.encodeToString(Json.MAPPER.writeValueAsBytes(content));
  }

  private static SSLContext trusting(PeerAuthority authority) throws IOException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry("root", authority.root());
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("no TLS with step-ca: " + e.getMessage(), e);
    }
  }
}
