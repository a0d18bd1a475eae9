package dev.countersign.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.pki.testing.CertTool;
import dev.countersign.pki.testing.OpenSsl;
import dev.countersign.pki.testing.TestKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrivateKeysTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String PASSPHRASE = "correct horse";

  @TempDir Path folder;

  private static char[] passphrase() {
    return PASSPHRASE.toCharArray();
  }

  private static void assertSame(KeyPair one, KeyPair other) {
    assertThat(one.getPublic().getEncoded()).isEqualTo(other.getPublic().getEncoded());
    assertThat(PrivateKeys.encode(one)).isEqualTo(PrivateKeys.encode(other));
    assertThat(PrivateKeys.belongTogether(one.getPrivate(), other.getPublic())).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void a_key_goes_there_and_back(KeyAlgorithm algorithm) {
    KeyPair key = TestKeys.of(algorithm);
    assertSame(PrivateKeys.decode(PrivateKeys.encode(key)), key);
    assertSame(PrivateKeys.parsePem("before\n" + PrivateKeys.toPem(key)), key);
  }

  @ParameterizedTest
  @EnumSource
  void openssl_certtool_and_the_JDK_read_a_plain_key(KeyAlgorithm algorithm) throws Exception {
    KeyPair key = TestKeys.of(algorithm);
    Files.writeString(folder.resolve("k.pem"), PrivateKeys.toPem(key));
    OpenSsl.run(folder, "pkey", "-in", "k.pem", "-pubout", "-outform", "DER", "-out", "p.der")
        .succeeded();
    assertThat(folder.resolve("p.der")).hasBinaryContent(key.getPublic().getEncoded());
    KeyFactory factory = KeyFactory.getInstance(key.getPublic().getAlgorithm());
    PrivateKey jdk = factory.generatePrivate(new PKCS8EncodedKeySpec(PrivateKeys.encode(key)));
    assertThat(PrivateKeys.belongTogether(jdk, key.getPublic())).isTrue();
    CertTool.run(folder, "--key-info", "--infile", "k.pem").succeeded();
  }

  @ParameterizedTest
  @EnumSource(names = {"P256", "RSA_2048", "ED25519"})
  void openssl_certtool_and_the_JDK_read_an_encrypted_key(KeyAlgorithm algorithm) throws Exception {
    KeyPair key = TestKeys.of(algorithm);
    String pem = EncryptedPrivateKey.encrypt(key, passphrase(), RANDOM);
    assertSame(EncryptedPrivateKey.decrypt(pem, passphrase()), key);

    Files.writeString(folder.resolve("k.pem"), pem);
    Files.writeString(folder.resolve("pass"), PASSPHRASE);
    OpenSsl.run(
            folder,
            "pkey",
            "-in",
            "k.pem",
            "-passin",
            "file:pass",
            "-pubout",
            "-outform",
            "DER",
            "-out",
            "p.der")
        .succeeded();
    assertThat(folder.resolve("p.der")).hasBinaryContent(key.getPublic().getEncoded());

    EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(Pem.decode(pem).get(0).content());
    String name = info.getAlgParameters().toString();
    Cipher cipher = Cipher.getInstance(name);
    cipher.init(
        Cipher.DECRYPT_MODE,
        SecretKeyFactory.getInstance(name).generateSecret(new PBEKeySpec(passphrase())),
        info.getAlgParameters());
    assertThat(info.getKeySpec(cipher).getEncoded()).isEqualTo(PrivateKeys.encode(key));

    CertTool.run(folder, "--key-info", "--infile", "k.pem", "--password", PASSPHRASE).succeeded();
  }

  @ParameterizedTest
  @CsvSource({
    "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256",
    "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384",
    "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048",
    "genpkey -algorithm ED25519"
  })
  void reads_what_openssl_makes(String command) throws Exception {
    OpenSsl.run(folder, (command + " -out k.pem").split(" ")).succeeded();
    KeyPair key = PrivateKeys.parsePem(Files.readString(folder.resolve("k.pem")));
    assertThat(PrivateKeys.belongTogether(key.getPrivate(), key.getPublic())).isTrue();
    for (String options :
        List.of(
            "-v2 aes-256-cbc",
            "-v2 aes-128-cbc -v2prf hmacWithSHA1 -iter 100",
            "-v2 aes-192-cbc -v2prf hmacWithSHA512")) {
      OpenSsl.run(
              folder,
              ("pkcs8 -topk8 -in k.pem -out e.pem -passout pass:secret " + options).split(" "))
          .succeeded();
      String pem = Files.readString(folder.resolve("e.pem"));
      assertSame(EncryptedPrivateKey.decrypt(pem, "secret".toCharArray()), key);
    }
  }

  @Test
  void reads_what_certtool_makes() throws Exception {
    for (String type : List.of("ecdsa", "ed25519", "rsa")) {
      CertTool.run(
              folder,
              "--generate-privkey",
              "--key-type",
              type,
              "--pkcs8",
              "--password",
              "secret",
              "--pkcs-cipher",
              "aes-256",
              "--outfile",
              "k.pem")
          .succeeded();
      KeyPair key =
          EncryptedPrivateKey.decrypt(
              Files.readString(folder.resolve("k.pem")), "secret".toCharArray());
      assertThat(PrivateKeys.belongTogether(key.getPrivate(), key.getPublic())).isTrue();
    }
  }

  @Test
  void every_wrong_passphrase_is_told_as_such() throws Exception {
    OpenSsl.run(folder, "genpkey -algorithm ED25519 -out k.pem".split(" ")).succeeded();
    OpenSsl.run(folder, "pkcs8 -topk8 -in k.pem -out e.pem -passout pass:secret -iter 1".split(" "))
        .succeeded();
    String pem = Files.readString(folder.resolve("e.pem"));
    // One in 256 decrypts to something with right padding.
    for (int i = 0; i < 2000; i++) {
      char[] wrong = ("wrong" + i).toCharArray();
      assertThatThrownBy(() -> EncryptedPrivateKey.decrypt(pem, wrong))
          .isInstanceOf(WrongPassphraseException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-scrypt", "-v1 PBE-SHA1-3DES", "-v2 des3"})
  void another_encryption_is_told_with_the_way_out(String options) throws Exception {
    Files.writeString(folder.resolve("k.pem"), PrivateKeys.toPem(TestKeys.of(KeyAlgorithm.P256)));
    OpenSsl.run(
            folder,
            ("pkcs8 -topk8 -in k.pem -out e.pem -passout pass:secret " + options).split(" "))
        .succeeded();
    String pem = Files.readString(folder.resolve("e.pem"));
    assertThatThrownBy(() -> EncryptedPrivateKey.decrypt(pem, "secret".toCharArray()))
        .isInstanceOf(MalformedKeyException.class);
  }

  @Test
  void a_file_that_asks_for_millions_of_rounds_is_refused() throws Exception {
    Files.writeString(folder.resolve("k.pem"), PrivateKeys.toPem(TestKeys.of(KeyAlgorithm.P256)));
    OpenSsl.run(
            folder, "pkcs8 -topk8 -in k.pem -out e.pem -passout pass:secret -iter 65536".split(" "))
        .succeeded();
    byte[] der = Pem.decode(Files.readString(folder.resolve("e.pem"))).get(0).content();
    String hex = HexFormat.of().formatHex(der).replaceFirst("0203010000", "02037fffff");
    String pem = Pem.encode(EncryptedPrivateKey.LABEL, HexFormat.of().parseHex(hex));
    assertThatThrownBy(() -> EncryptedPrivateKey.decrypt(pem, "secret".toCharArray()))
        .isInstanceOf(MalformedKeyException.class)
        .hasMessageContaining("out of range");
  }

  @Test
  void openssl_and_we_agree_on_a_passphrase_beyond_ASCII() throws Exception {
    KeyPair key = TestKeys.of(KeyAlgorithm.P256);
    Files.writeString(folder.resolve("pass"), "Zürich € 😀");
    Files.writeString(folder.resolve("k.pem"), PrivateKeys.toPem(key));
    OpenSsl.run(
            folder,
            "pkcs8 -topk8 -in k.pem -out e.pem -passout file:pass -v2 aes-256-cbc".split(" "))
        .succeeded();
    String pem = Files.readString(folder.resolve("e.pem"));
    assertSame(EncryptedPrivateKey.decrypt(pem, "Zürich € 😀".toCharArray()), key);
  }

  @Test
  void an_empty_passphrase_is_refused() {
    assertThatThrownBy(
            () -> EncryptedPrivateKey.encrypt(TestKeys.of(KeyAlgorithm.P256), new char[0], RANDOM))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_public_key_that_is_not_its_own_is_refused() {
    byte[] der = PrivateKeys.encode(TestKeys.of(KeyAlgorithm.P256));
    der[der.length - 1] ^= 1;
    assertThatThrownBy(() -> PrivateKeys.decode(der))
        .isInstanceOf(MalformedKeyException.class)
        .hasMessageContaining("not its own");
  }

  @Test
  void the_public_key_of_another_is_refused() throws Exception {
    byte[] der = PrivateKeys.encode(TestKeys.of(KeyAlgorithm.P256));
    byte[] other = KeyAlgorithm.P256.generate(RANDOM).getPublic().getEncoded();
    // RFC 5915 3: the point comes last
    System.arraycopy(other, other.length - 64, der, der.length - 64, 64);
    assertThatThrownBy(() -> PrivateKeys.decode(der))
        .isInstanceOf(MalformedKeyException.class)
        .hasMessageContaining("not its own");
  }

  @Test
  void a_key_that_carries_no_public_key_is_read() throws Exception {
    for (String curve : List.of("P-256", "P-384")) {
      OpenSsl.run(
              folder,
              ("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:" + curve + " -out k.pem")
                  .split(" "))
          .succeeded();
      OpenSsl.run(folder, "ec -in k.pem -no_public -out sec1.pem".split(" ")).succeeded();
      OpenSsl.run(folder, "pkcs8 -topk8 -nocrypt -in sec1.pem -out bare.pem".split(" "))
          .succeeded();
      String bare = Files.readString(folder.resolve("bare.pem"));
      KeyPair key = PrivateKeys.parsePem(Files.readString(folder.resolve("k.pem")));
      assertThat(bare.length()).isLessThan(PrivateKeys.toPem(key).length());
      assertSame(PrivateKeys.parsePem(bare), key);
    }
  }

  @Test
  void what_is_no_key_is_malformed_and_nothing_of_it_is_shown() {
    byte[] der = PrivateKeys.encode(TestKeys.of(KeyAlgorithm.P256));
    for (int length = 0; length < der.length; length++) {
      byte[] cut = Arrays.copyOf(der, length);
      assertThatThrownBy(() -> PrivateKeys.decode(cut)).isInstanceOf(MalformedKeyException.class);
    }
    String certificate = Pem.encode("CERTIFICATE", new byte[3]);
    String sec1 = Pem.encode("EC PRIVATE KEY", new byte[3]);
    for (String text : List.of("", certificate, sec1, "-----BEGIN PRIVATE KEY-----\nAQ")) {
      assertThatThrownBy(() -> PrivateKeys.parsePem(text))
          .isInstanceOf(MalformedKeyException.class);
      assertThatThrownBy(() -> EncryptedPrivateKey.decrypt(text, passphrase()))
          .isInstanceOf(MalformedKeyException.class);
    }
  }

  @Test
  void keys_of_two_do_not_belong_together() {
    assertThat(
            PrivateKeys.belongTogether(
                TestKeys.of(KeyAlgorithm.P256).getPrivate(),
                TestKeys.fresh(KeyAlgorithm.P256).getPublic()))
        .isFalse();
    assertThat(
            PrivateKeys.belongTogether(
                TestKeys.of(KeyAlgorithm.P256).getPrivate(),
                TestKeys.of(KeyAlgorithm.ED25519).getPublic()))
        .isFalse();
  }
}
