package dev.countersign.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.pki.testing.MovableClock;
import dev.countersign.pki.testing.TestCa;
import dev.countersign.pki.testing.TestKeys;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FlattenedJwsTest {
  private static final byte[] PAYLOAD = "{\"csr\":\"…\"}".getBytes(StandardCharsets.UTF_8);

  private static String encode(String text) {
    return Base64Url.encode(text.getBytes(StandardCharsets.UTF_8));
  }

  private static FlattenedJws parse(String json) {
    return FlattenedJws.parse(json.getBytes(StandardCharsets.UTF_8));
  }

  private static PublicKey ec(String curve, String x, String y) throws Exception {
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
    parameters.init(new ECGenParameterSpec(curve));
    ECPoint point =
        new ECPoint(
            new BigInteger(1, Base64.getUrlDecoder().decode(x)),
            new BigInteger(1, Base64.getUrlDecoder().decode(y)));
    return KeyFactory.getInstance("EC")
        .generatePublic(
            new ECPublicKeySpec(point, parameters.getParameterSpec(ECParameterSpec.class)));
  }

  @Test
  void verifies_RFC_7515_A_3() throws Exception {
    FlattenedJws jws =
        new FlattenedJws(
            "eyJhbGciOiJFUzI1NiJ9",
            "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ",
            "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
    assertThat(
            jws.verify(
                ec(
                    "secp256r1",
                    "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                    "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")))
        .isTrue();
  }

  @Test
  void verifies_RFC_7515_A_4() throws Exception {
    FlattenedJws jws =
        new FlattenedJws(
            "eyJhbGciOiJFUzUxMiJ9",
            "UGF5bG9hZA",
            "AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn");
    assertThat(
            jws.verify(
                ec(
                    "secp521r1",
                    "AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk",
                    "ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2")))
        .isTrue();
  }

  @Test
  void verifies_RFC_8037_A_4() {
    FlattenedJws jws =
        new FlattenedJws(
            "eyJhbGciOiJFZERTQSJ9",
            "RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
            "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
    assertThat(
            jws.verify(
                Base64.getUrlDecoder().decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")))
        .isTrue();
    assertThat(new String(jws.payloadBytes(), StandardCharsets.UTF_8))
        .isEqualTo("Example of Ed25519 signing");
  }

  @ParameterizedTest
  @EnumSource
  void what_it_signs_it_verifies(KeyAlgorithm algorithm) {
    KeyPair key = TestKeys.of(algorithm);
    Map<String, Object> header = new LinkedHashMap<>();
    header.put("kid", "e1");
    header.put("iat", 1764000000L);
    FlattenedJws jws =
        FlattenedJws.parse(
            FlattenedJws.sign(header, PAYLOAD, JwsSigner.of(key.getPrivate())).toJson());
    assertThat(jws.verify(key.getPublic())).isTrue();
    assertThat(jws.algorithm()).isEqualTo(JwsAlgorithm.forKey(key.getPublic()));
    assertThat(jws.payloadBytes()).isEqualTo(PAYLOAD);
    assertThat(jws.headerText("kid")).isEqualTo("e1");
    assertThat(jws.headerNumber("iat")).isEqualTo(1764000000L);
    assertThat(
            jws.verify(
                TestKeys.of(algorithm == KeyAlgorithm.P256 ? KeyAlgorithm.P384 : KeyAlgorithm.P256)
                    .getPublic()))
        .isFalse();
    FlattenedJws other = new FlattenedJws(jws.protectedHeader(), encode("{}"), jws.signature());
    assertThat(other.verify(key.getPublic())).isFalse();
  }

  @Test
  void signs_with_P_521() throws Exception {
    KeyPairGenerator keys = KeyPairGenerator.getInstance("EC");
    keys.initialize(new ECGenParameterSpec("secp521r1"));
    KeyPair key = keys.generateKeyPair();
    FlattenedJws jws = FlattenedJws.sign(Map.of(), PAYLOAD, JwsSigner.of(key.getPrivate()));
    assertThat(jws.algorithm()).isEqualTo(JwsAlgorithm.ES512);
    assertThat(jws.verify(key.getPublic())).isTrue();
  }

  @Test
  void an_enrolment_key_signs() {
    EnrollmentKey key = EnrollmentKey.derive(new byte[32]);
    FlattenedJws jws = FlattenedJws.sign(Map.of("kid", "e1"), PAYLOAD, JwsSigner.of(key));
    assertThat(jws.verify(key.publicKey())).isTrue();
    byte[] otherSeed = new byte[32];
    otherSeed[0] = 1;
    assertThat(jws.verify(EnrollmentKey.derive(otherSeed).publicKey())).isFalse();
  }

  @Test
  void the_algorithm_is_the_keys_and_not_the_senders_choice() {
    KeyPair key = TestKeys.of(KeyAlgorithm.P256);
    FlattenedJws good = FlattenedJws.sign(Map.of(), PAYLOAD, JwsSigner.of(key.getPrivate()));
    for (String alg : List.of("none", "HS256", "ES384", "es256", "")) {
      FlattenedJws jws =
          new FlattenedJws(encode("{\"alg\":\"" + alg + "\"}"), good.payload(), good.signature());
      assertThat(jws.verify(key.getPublic())).as(alg).isFalse();
    }
    assertThatThrownBy(() -> JwsAlgorithm.parse("none")).isInstanceOf(MalformedJwsException.class);
  }

  @Test
  void carries_a_chain() {
    TestCa ca = TestCa.create(new MovableClock());
    TestCa.Credential credential = ca.credential("orders");
    FlattenedJws jws =
        FlattenedJws.sign(
            Map.of("x5c", FlattenedJws.x5c(credential.chain())),
            PAYLOAD,
            JwsSigner.of(credential.key().getPrivate()));
    assertThat(FlattenedJws.parse(jws.toJson()).x5c()).isEqualTo(credential.chain());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "\"a\"",
        "{}",
        "{\"protected\":\"\",\"payload\":\"\"}",
        "{\"protected\":\"e30\",\"payload\":\"e30\",\"signature\":null}",
        "{\"protected\":\"e30\",\"payload\":\"e30\",\"signature\":1}",
        "{\"protected\":\"e30\",\"payload\":\"e30\",\"signature\":\"AA==\"}",
        "{\"protected\":\"e30\",\"payload\":\"e30\",\"signature\":\"AB\"}",
        "{\"protected\":\"e30\",\"payload\":\"e3 0\",\"signature\":\"AA\"}",
        "{\"protected\":\"e30\",\"payload\":\"+/+/\",\"signature\":\"AA\"}",
        "{\"protected\":\"e30\",\"payload\":\"e30\",\"signature\":\"AA\",\"header\":{}}",
        "{\"protected\":\"e30\",\"payload\":\"e30\",\"signature\":\"AA\",\"signatures\":[]}",
        "{\"protected\":\"e30\",\"payload\":\"e30\",\"payload\":\"e30\",\"signature\":\"AA\"}",
        "{\"protected\":\"e30\",\"payload\":\"e30\",\"signature\":\"AA\"} {}"
      })
  void other_JSON_is_refused(String json) {
    assertThatThrownBy(() -> parse(json)).isInstanceOf(MalformedJwsException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{\"alg\":\"ES256\",\"alg\":\"EdDSA\"}",
        "{\"alg\":\"ES256\"}x",
        "{\"alg\":1}",
        "{\"alg\":\"ES256\",\"crit\":[\"b64\"]}",
        "{\"kid\":\"e1\"}"
      })
  void other_headers_are_refused(String header) {
    FlattenedJws jws = new FlattenedJws(encode(header), "e30", "AA");
    assertThatThrownBy(jws::algorithm).isInstanceOf(MalformedJwsException.class);
    assertThatThrownBy(() -> jws.verify(TestKeys.of(KeyAlgorithm.P256).getPublic()))
        .isInstanceOf(MalformedJwsException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"x5c\":[]}",
        "{\"x5c\":\"AA\"}",
        "{\"x5c\":[\"!\"]}",
        "{\"x5c\":[1]}",
        "{\"x5c\":[\"AAAA\"]}"
      })
  void other_chains_are_refused(String header) {
    assertThatThrownBy(() -> new FlattenedJws(encode(header), "e30", "AA").x5c())
        .isInstanceOf(MalformedJwsException.class);
  }

  @Test
  void a_large_one_is_refused() {
    assertThatThrownBy(() -> new FlattenedJws("e30", "A".repeat(200_000), "AA"))
        .isInstanceOf(MalformedJwsException.class);
    assertThatThrownBy(() -> new FlattenedJws("e30", "e30", "A".repeat(2000)))
        .isInstanceOf(MalformedJwsException.class);
  }
}
