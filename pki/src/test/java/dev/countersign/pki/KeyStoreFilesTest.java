package dev.countersign.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.pki.testing.CertTool;
import dev.countersign.pki.testing.KeyTool;
import dev.countersign.pki.testing.MovableClock;
import dev.countersign.pki.testing.OpenSsl;
import dev.countersign.pki.testing.TestCa;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KeyStoreFilesTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String PASSWORD = "correct horse";
  private static final TestCa CA = TestCa.create(new MovableClock());
  private static final TestCa OTHER =
      TestCa.create("Other", KeyAlgorithm.ED25519, new MovableClock());

  @TempDir Path folder;

  private static char[] password() {
    return PASSWORD.toCharArray();
  }

  private static int count(String what, String in) {
    return (int) Pattern.compile(Pattern.quote(what)).matcher(in).results().count();
  }

  @ParameterizedTest
  @EnumSource(names = {"P256", "P384", "RSA_2048", "ED25519"})
  void keytool_openssl_certtool_and_the_JDK_open_a_key_store(KeyAlgorithm algorithm)
      throws Exception {
    TestCa ca = TestCa.create("Stores", algorithm, new MovableClock());
    TestCa.Credential credential = ca.credential("orders.example");
    byte[] file =
        KeyStoreFiles.keyStore(
            credential.key().getPrivate(), credential.chain(), "orders", password(), RANDOM);
    Files.write(folder.resolve("k.p12"), file);

    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(new ByteArrayInputStream(file), password());
    assertThat(Collections.list(store.aliases())).containsExactly("orders");
    assertThat(store.getCertificateChain("orders"))
        .extracting(c -> Certificate.of((X509Certificate) c))
        .containsExactlyElementsOf(credential.chain());
    PrivateKey key = (PrivateKey) store.getKey("orders", password());
    assertThat(PrivateKeys.belongTogether(key, credential.key().getPublic())).isTrue();

    assertThat(
            KeyTool.run(folder, "-list", "-keystore", "k.p12", "-storepass", PASSWORD)
                .succeeded()
                .output())
        .contains("orders,")
        .contains("PrivateKeyEntry");
    String openssl =
        OpenSsl.run(folder, "pkcs12", "-in", "k.p12", "-passin", "pass:" + PASSWORD, "-nodes")
            .succeeded()
            .output();
    assertThat(count("BEGIN CERTIFICATE", openssl)).isEqualTo(2);
    assertThat(count("BEGIN PRIVATE KEY", openssl)).isEqualTo(1);
    String certtool =
        CertTool.run(folder, "--p12-info", "--inder", "--infile", "k.p12", "--password", PASSWORD)
            .succeeded()
            .output();
    assertThat(count("BEGIN CERTIFICATE", certtool)).isEqualTo(2);
    assertThat(count("BEGIN ENCRYPTED PRIVATE KEY", certtool)).isEqualTo(1);
  }

  @Test
  void keytool_openssl_certtool_and_the_JDK_open_a_trust_store() throws Exception {
    Files.write(
        folder.resolve("t.p12"),
        KeyStoreFiles.trustStore(List.of(CA.root(), OTHER.root()), password()));

    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(new ByteArrayInputStream(Files.readAllBytes(folder.resolve("t.p12"))), password());
    assertThat(store.size()).isEqualTo(2);
    assertThat(Collections.list(store.aliases()))
        .allMatch(alias -> isCertificateEntry(store, alias));

    assertThat(
            KeyTool.run(folder, "-list", "-keystore", "t.p12", "-storepass", PASSWORD)
                .succeeded()
                .output())
        .contains("2 entries");
    assertThat(
            count("trustedCertEntry", KeyTool.run(folder, "-list", "-keystore", "t.p12").output()))
        .as("keytool without a password")
        .isEqualTo(2);
    String openssl =
        OpenSsl.run(folder, "pkcs12", "-in", "t.p12", "-passin", "pass:" + PASSWORD, "-nokeys")
            .succeeded()
            .output();
    assertThat(count("BEGIN CERTIFICATE", openssl)).isEqualTo(2);
    String certtool =
        CertTool.run(folder, "--p12-info", "--inder", "--infile", "t.p12", "--password", PASSWORD)
            .succeeded()
            .output();
    assertThat(count("BEGIN CERTIFICATE", certtool)).isEqualTo(2);
  }

  private static boolean isCertificateEntry(KeyStore store, String alias) {
    try {
      return store.isCertificateEntry(alias);
    } catch (java.security.KeyStoreException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void the_JDK_opens_a_trust_store_without_a_password() throws Exception {
    byte[] file = KeyStoreFiles.trustStore(List.of(CA.root()), password());
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(new ByteArrayInputStream(file), null);
    String alias = Collections.list(store.aliases()).get(0);
    assertThat(Certificate.of((X509Certificate) store.getCertificate(alias))).isEqualTo(CA.root());
  }

  @Test
  void a_trust_store_of_the_same_roots_is_the_same_bytes() {
    byte[] file = KeyStoreFiles.trustStore(List.of(CA.root(), OTHER.root()), password());
    assertThat(KeyStoreFiles.trustStore(List.of(OTHER.root(), CA.root(), CA.root()), password()))
        .isEqualTo(file);
    assertThat(KeyStoreFiles.trustStore(List.of(CA.root()), password())).isNotEqualTo(file);
  }

  @Test
  void openssl_and_keytool_refuse_a_wrong_password() throws Exception {
    Files.write(folder.resolve("t.p12"), KeyStoreFiles.trustStore(List.of(CA.root()), password()));
    assertThat(
            OpenSsl.run(folder, "pkcs12", "-in", "t.p12", "-passin", "pass:wrong", "-nokeys")
                .exitCode())
        .isNotZero();
    assertThat(
            KeyTool.run(folder, "-list", "-keystore", "t.p12", "-storepass", "wrong!").exitCode())
        .isNotZero();
  }

  @Test
  void what_makes_no_sense_is_refused() {
    TestCa.Credential one = CA.credential("one");
    TestCa.Credential two = CA.credential("two");
    assertThatThrownBy(
            () ->
                KeyStoreFiles.keyStore(
                    one.key().getPrivate(), two.chain(), "a", password(), RANDOM))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not that of the first certificate");
    assertThatThrownBy(
            () ->
                KeyStoreFiles.keyStore(one.key().getPrivate(), List.of(), "a", password(), RANDOM))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> KeyStoreFiles.trustStore(List.of(), password()))
        .isInstanceOf(IllegalArgumentException.class);
    for (String unfit : List.of("", "Zürich", "a\n")) {
      assertThatThrownBy(() -> KeyStoreFiles.trustStore(List.of(CA.root()), unfit.toCharArray()))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
