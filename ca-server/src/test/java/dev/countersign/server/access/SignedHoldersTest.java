package dev.countersign.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.FlattenedJws;
import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.JwsAlgorithm;
import dev.countersign.pki.JwsSigner;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.MalformedJwsException;
import dev.countersign.pki.Names;
import dev.countersign.pki.SubjectKey;
import dev.countersign.pki.testing.TestCa;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.issuance.CertificateRow;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.testing.TestAuthority;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.spec.RSAKeyGenParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SignedHoldersTest {
  private static final String PATH = "/v1/renew";
  private static final int LARGE_BITS = 4096;
  private static final Optional<CertificateRow> UNKNOWN = Optional.empty();

  @TempDir static Path home;
  private static TestAuthority ca;
  private static Access access;
  private static SignedHolders holders;
  private static KeyPair key;
  private static Certificate own;

  @BeforeAll
  static void issue() {
    ca = TestAuthority.create(home);
    access = new Access(ca.identities, ca.certificates, ca.clock);
    holders = new SignedHolders(access, new SignedRequests(List.of("localhost"), ca.clock));
    Identity identity = ca.identity("orders", Names.none());
    key = KeyAlgorithm.P256.generate(TestAuthority.random());
    own = ca.issue(ca.applicant(identity, "peer"), key).certificate();
  }

  @AfterAll
  static void close() {
    ca.close();
  }

  private static FlattenedJws signed(KeyPair by, Certificate shown) {
    Map<String, Object> header = new LinkedHashMap<>();
    header.put("url", "https://localhost" + PATH);
    header.put("iat", ca.clock.instant().getEpochSecond());
    header.put("x5c", FlattenedJws.x5c(List.of(shown)));
    return FlattenedJws.sign(
        header, "{}".getBytes(StandardCharsets.US_ASCII), JwsSigner.of(by.getPrivate()));
  }

  @Test
  void who_has_the_key_of_a_certificate_on_record_is_its_holder() {
    assertThat(holders.certificate(signed(key, own), PATH).serial()).isEqualTo(own.serial());
  }

  /** Its key verifies the signature, and is nevertheless never asked. */
  @Test
  void a_strangers_certificate_is_refused_though_its_own_key_has_signed() {
    TestCa strangers = TestCa.create("Stranger", KeyAlgorithm.P256, ca.clock);
    FlattenedJws jws = signed(strangers.rootKey(), strangers.root());
    assertThat(jws.verify(strangers.root().x509().getPublicKey())).isTrue();
    Refusal unknown = refusalOf(jws);
    Refusal wrong = refusalOf(signed(strangers.rootKey(), own));
    assertThat(unknown.getMessage()).isEqualTo(wrong.getMessage());
    assertThat(unknown.kind()).isEqualTo(wrong.kind()).isEqualTo(Refusal.Kind.NOT_FOUND);
  }

  /** Whoever can make the server check a key for them, can make it do nothing else. */
  @Test
  void a_strangers_large_key_costs_nothing() throws Exception {
    PublicKey large = largeKey();
    Certificate shown =
        TestCa.create("Stranger", KeyAlgorithm.P256, ca.clock)
            .issue(large, "large", List.of(), Duration.ofDays(1));
    Map<String, Object> header = new LinkedHashMap<>();
    header.put("alg", JwsAlgorithm.RS256.label());
    header.put("x5c", FlattenedJws.x5c(List.of(shown)));
    FlattenedJws jws =
        new FlattenedJws(
            base64url(new ObjectMapper().writeValueAsBytes(header)),
            base64url(new byte[2]),
            base64url(new byte[LARGE_BITS / 8]));
    refusalOf(jws); // loads what it needs
    long check = cpuTime(() -> SubjectKey.checked(large.getEncoded()));
    long whole = cpuTime(() -> refusalOf(jws));
    assertThat(whole)
        .as("CPU time of a refusal, next to that of a check of the key, %s ns", check)
        .isLessThan(check / 4);
  }

  private static String base64url(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static long cpuTime(Callable<?> work) throws Exception {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadCpuTime();
    work.call();
    return threads.getCurrentThreadCpuTime() - before;
  }

  /** One that passes every check; that nobody has the private half does not matter here. */
  private static PublicKey largeKey() throws GeneralSecurityException {
    KeyFactory factory = KeyFactory.getInstance("RSA");
    while (true) {
      BigInteger modulus =
          new BigInteger(LARGE_BITS, TestAuthority.random()).setBit(LARGE_BITS - 1).setBit(0);
      PublicKey key =
          factory.generatePublic(new RSAPublicKeySpec(modulus, RSAKeyGenParameterSpec.F4));
      try {
        SubjectKey.checked(key.getEncoded());
        return key;
      } catch (InvalidRequestException e) {
        // A small factor, most often
      }
    }
  }

  private static Refusal refusalOf(FlattenedJws jws) {
    return org.assertj.core.api.Assertions.catchThrowableOfType(
        Refusal.class, () -> holders.certificate(jws, PATH));
  }

  @ParameterizedTest
  @EnumSource(JwsAlgorithm.class)
  void an_unknown_certificate_costs_a_verification_with_nobodys_key(JwsAlgorithm algorithm) {
    assertThat(JwsAlgorithm.forKey(SignedHolders.keyToTry(UNKNOWN, algorithm)))
        .isEqualTo(algorithm);
  }

  @Test
  void a_known_certificate_is_tried_with_its_key_and_for_another_algorithm_with_nobodys() {
    Optional<CertificateRow> known = access.known(own);
    assertThat(SignedHolders.keyToTry(known, JwsAlgorithm.ES256)).isEqualTo(key.getPublic());
    assertThat(SignedHolders.keyToTry(known, JwsAlgorithm.RS256))
        .isEqualTo(SignedHolders.keyToTry(UNKNOWN, JwsAlgorithm.RS256));
  }

  @Test
  void an_algorithm_that_nobody_has_is_refused_before_anything_is_looked_up() {
    FlattenedJws jws =
        FlattenedJws.parse(
            new String(signed(key, own).toJson(), StandardCharsets.UTF_8)
                .replaceFirst(
                    "\"protected\":\"[^\"]*\"",
                    "\"protected\":\"" + "eyJhbGciOiJub25lIn0" + "\"") // {"alg":"none"}
                .getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> holders.certificate(jws, PATH))
        .isInstanceOf(MalformedJwsException.class)
        .hasMessageContaining("none");
  }
}
