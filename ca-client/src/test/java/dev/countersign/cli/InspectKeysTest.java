package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.pki.DerReader;
import dev.countersign.pki.DerWriter;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.Oids;
import dev.countersign.pki.Pem;
import dev.countersign.pki.Pin;
import dev.countersign.pki.PrivateKeys;
import dev.countersign.pki.testing.MovableClock;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys as other programs write them. */
class InspectKeysTest {
  @TempDir static Path temp;

  private static final SecureRandom RANDOM = new SecureRandom();
  private static CliRun cli;

  @BeforeAll
  static void start() {
    cli = new CliRun(new MovableClock(Instant.now()), temp);
  }

  private static JsonNode only(byte[] content) {
    JsonNode items = cli.stdin(content).run("inspect", "-", "--json").ends(0).json().get("items");
    assertThat(items).hasSize(1);
    return items.get(0);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static KeyPair rsa(int bits) throws Exception {
    KeyPairGenerator keys = KeyPairGenerator.getInstance("RSA");
    keys.initialize(bits, RANDOM);
    return keys.generateKeyPair();
  }

  /** What is within PKCS #8: for RSA the older form itself. */
  private static byte[] inner(KeyPair key) throws Exception {
    DerReader info = DerReader.of(PrivateKeys.encode(key)).sequence();
    info.integer(0);
    info.skip();
    return info.octetString();
  }

  /** As {@code openssl ecparam -genkey} writes it: with the curve. */
  private static byte[] sec1(KeyPair key, String curve) throws Exception {
    DerReader plain = DerReader.of(inner(key)).sequence();
    plain.integer(1);
    byte[] secret = plain.octetString();
    DerWriter writer = new DerWriter().raw(plain.element());
    int parameters = writer.mark();
    writer.oid(curve).wrap(0xa0, parameters);
    return writer.octetString(secret).integer(1).sequence(0).toByteArray();
  }

  @Test
  void of_openssl_ecparam() throws Exception {
    KeyPair key = KeyAlgorithm.P256.generate(RANDOM);
    byte[] sec1 = sec1(key, Oids.P256);
    String pem = Pem.encode("EC PRIVATE KEY", sec1);
    for (byte[] content : List.of(sec1, ascii(pem))) {
      JsonNode item = only(content);
      assertThat(item.get("kind").textValue()).isEqualTo("private-key");
      assertThat(item.get("keyAlgorithm").textValue()).isEqualTo("P-256");
      assertThat(item.get("pin").textValue())
          .isEqualTo(Pin.of(key.getPublic().getEncoded()).toString());
      assertThat(item.get("form").textValue()).startsWith("SEC 1");
      assertThat(item.get("note").textValue()).contains("openssl pkcs8 -topk8");
    }
    String parameters = Pem.encode("EC PARAMETERS", new DerWriter().oid(Oids.P256).toByteArray());
    assertThat(cli.stdin(parameters + pem).run("inspect", "-").ends(0).out())
        .contains("ec-parameters", "curve:", "P-256");
  }

  @Test
  void of_openssl_genrsa_in_its_traditional_form() throws Exception {
    KeyPair key = rsa(2048);
    byte[] pkcs1 = inner(key);
    for (byte[] content : List.of(pkcs1, ascii(Pem.encode("RSA PRIVATE KEY", pkcs1)))) {
      JsonNode item = only(content);
      assertThat(item.get("kind").textValue()).isEqualTo("private-key");
      assertThat(item.get("keyAlgorithm").textValue()).isEqualTo("RSA-2048");
      assertThat(item.get("form").textValue()).startsWith("PKCS #1");
      assertThat(item.get("note").textValue()).contains("openssl pkcs8 -topk8");
    }
  }

  @Test
  void in_the_old_encrypted_form() {
    JsonNode item =
        only(
            ascii(
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
                    + "DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\nAAAA\n"
                    + "-----END RSA PRIVATE KEY-----\n"));
    assertThat(item.get("kind").textValue()).isEqualTo("encrypted-private-key");
    assertThat(item.get("note").textValue()).contains("openssl pkcs8 -topk8");
  }

  @Test
  void too_weak_and_not_damaged() throws Exception {
    KeyPair key = rsa(1024);
    byte[] pkcs8 = PrivateKeys.encode(key);
    for (byte[] content :
        List.of(
            pkcs8,
            ascii(Pem.encode("PRIVATE KEY", pkcs8)),
            ascii(Pem.encode("RSA PRIVATE KEY", inner(key))))) {
      JsonNode item = only(content);
      assertThat(item.get("kind").textValue()).isEqualTo("private-key");
      assertThat(item.get("problem").textValue())
          .contains("an RSA key of 1024 bits, which is too weak: make one of at least 2048");
    }
  }

  @Test
  void of_another_curve() throws Exception {
    KeyPairGenerator keys = KeyPairGenerator.getInstance("EC");
    keys.initialize(new ECGenParameterSpec("secp521r1"), RANDOM);
    byte[] pkcs8 = keys.generateKeyPair().getPrivate().getEncoded();
    assertThat(only(ascii(Pem.encode("PRIVATE KEY", pkcs8))).get("problem").textValue())
        .contains("a curve other than");
  }

  @Test
  void of_a_curve_that_is_spelled_out() {
    byte[] curve = new DerWriter().integer(1).sequence(0).toByteArray(); // SEC 1 C.2
    byte[] key =
        new DerWriter()
            .raw(curve)
            .wrap(0xa0, 0)
            .octetString(new byte[32])
            .integer(1)
            .sequence(0)
            .toByteArray();
    assertThat(only(ascii(Pem.encode("EC PRIVATE KEY", key))).get("problem").textValue())
        .contains("not named but spelled out");
    assertThat(only(ascii(Pem.encode("EC PARAMETERS", curve))).get("curve").textValue())
        .contains("not named but spelled out");
  }

  @Test
  void damaged() throws Exception {
    byte[] pkcs8 = PrivateKeys.encode(KeyAlgorithm.P256.generate(RANDOM));
    pkcs8[pkcs8.length - 1] ^= 1;
    byte[] noKey = new DerWriter().integer(7).sequence(0).toByteArray();
    for (String pem :
        List.of(
            Pem.encode("PRIVATE KEY", pkcs8),
            Pem.encode("EC PRIVATE KEY", noKey),
            Pem.encode("RSA PRIVATE KEY", noKey),
            Pem.encode("EC PARAMETERS", new DerWriter().integer(7).toByteArray()))) {
      assertThat(cli.stdin(pem).run("inspect", "-").ends(7).err()).contains("is damaged");
    }
  }

  @Test
  void in_java_key_stores_of_the_old_formats() throws Exception {
    for (String format : List.of("JKS", "JCEKS")) {
      KeyStore store = KeyStore.getInstance(format);
      store.load(null, null);
      ByteArrayOutputStream file = new ByteArrayOutputStream();
      store.store(file, "secret".toCharArray());
      assertThat(cli.stdin(file.toByteArray()).run("inspect", "-").ends(7).err())
          .contains(" " + format + ".", "keytool -importkeystore", "-deststoretype pkcs12");
    }
  }
}
