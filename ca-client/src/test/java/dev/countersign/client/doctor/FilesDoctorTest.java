package dev.countersign.client.doctor;

import static dev.countersign.client.doctor.Clinic.CA;
import static dev.countersign.client.doctor.Clinic.CLIENT;
import static dev.countersign.client.doctor.Clinic.FOREIGN;
import static dev.countersign.client.doctor.Clinic.KEY;
import static dev.countersign.client.doctor.Clinic.OTHER_KEY;
import static dev.countersign.client.doctor.Clinic.SERVER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.client.UnsyncedFolder;
import dev.countersign.client.doctor.Clinic.Examination;
import dev.countersign.client.testing.TestAuthority;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.testing.OpenSsl;
import dev.countersign.pki.testing.TestCa;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of what is on the disks. */
class FilesDoctorTest {
  @TempDir static Path temp;

  private static final String PASSWORD = "changeit";

  private static KeyStore store(Map<String, TestCa.Credential> entries) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    for (Map.Entry<String, TestCa.Credential> entry : entries.entrySet()) {
      store.setKeyEntry(
          entry.getKey(),
          entry.getValue().key().getPrivate(),
          PASSWORD.toCharArray(),
          entry.getValue().chain().stream().map(Certificate::x509).toArray(X509Certificate[]::new));
    }
    return store;
  }

  private static void write(KeyStore store, Path folder) throws Exception {
    try (OutputStream out = Files.newOutputStream(folder.resolve("keystore.p12"))) {
      store.store(out, PASSWORD.toCharArray());
    }
    Files.writeString(folder.resolve("store.password"), PASSWORD + "\n");
  }

  private static Map<String, TestCa.Credential> two(String first, String second) {
    Map<String, TestCa.Credential> entries = new LinkedHashMap<>();
    entries.put(first, Clinic.credential(FOREIGN, "old"));
    entries.put(second, CLIENT);
    return entries;
  }

  @Test
  void a_store_whose_password_is_right_and_whose_algorithms_java_has_not() throws Exception {
    Path folder = Clinic.folder(temp, "camellia", CLIENT, CA.root());
    String[] export = {
      "pkcs12",
      "-export",
      "-in",
      "fullchain.pem",
      "-inkey",
      "key.pem",
      "-out",
      "keystore.p12",
      "-passout",
      "pass:" + PASSWORD,
      "-keypbe",
      "CAMELLIA-256-CBC",
      "-certpbe",
      "CAMELLIA-256-CBC"
    };
    assertThat(OpenSsl.run(folder, export).exitCode()).isZero();
    Files.writeString(folder.resolve("store.password"), PASSWORD);
    assertThat(new Examination(1).as(folder).finds("store-algorithms").sentence())
        .contains("is right, but this Java", "Camellia-256");
    Files.writeString(folder.resolve("store.password"), "another");
    assertThat(new Examination(1).as(folder).finds("store-password").sentence())
        .contains("is another one");
    Files.delete(folder.resolve("store.password"));
    assertThat(new Examination(1).as(folder).finds("store-password").sentence())
        .contains("there is no store.password");
  }

  @Test
  void a_trust_store_in_which_java_trusts_nothing() throws Exception {
    Path folder = Clinic.folder(temp, "untrusting", CLIENT, CA.root());
    String[] export = {
      "pkcs12",
      "-export",
      "-nokeys",
      "-in",
      "trust.pem",
      "-out",
      "truststore.p12",
      "-passout",
      "pass:" + PASSWORD
    };
    assertThat(OpenSsl.run(folder, export).exitCode()).isZero();
    Files.writeString(folder.resolve("store.password"), PASSWORD);
    Ailment found = new Examination(1).as(folder).finds("trust-attribute");
    assertThat(found.sentence()).contains("Java sees no trusted certificate");
    assertThat(found.mend()).contains("keytool -importcert");
  }

  @Test
  void a_key_in_a_store_that_is_not_the_certificates() throws Exception {
    Path folder = Clinic.folder(temp, "stored", CLIENT, CA.root());
    write(store(Map.of("mixed", new TestCa.Credential(OTHER_KEY, CLIENT.chain()))), folder);
    assertThat(new Examination(1).as(folder).finds("key-mismatch").sentence())
        .contains("the entry \"mixed\"");
  }

  @Test
  void the_wrong_one_of_two_keys_of_a_client() throws Exception {
    Path folder = Clinic.folder(temp, "aliases", CLIENT, CA.root());
    // A server that names no CA lets Java take either; which, is by its own order
    for (String[] names : List.of(new String[] {"a", "b"}, new String[] {"b", "a"})) {
      KeyStore store = store(two(names[0], names[1]));
      write(store, folder);
      try (Opposite nameless =
          Opposite.needing(KEY.getPrivate(), SERVER.chain(), Opposite.anybody())) {
        Diagnosis diagnosis = new Examination(nameless.port()).as(folder).diagnosis();
        boolean takesOld =
            keys(store)
                .getCertificateChain(
                    keys(store).chooseClientAlias(new String[] {"EC"}, null, null))[0]
                .getSubjectX500Principal()
                .getName()
                .equals("CN=old");
        assertThat(diagnosis.ailments().stream().anyMatch(a -> a.check().equals("wrong-alias")))
            .isEqualTo(takesOld);
      }
    }
  }

  @Test
  void the_wrong_one_of_two_keys_of_a_server() throws Exception {
    Path folder = Clinic.folder(temp, "server-aliases", SERVER, CA.root());
    Map<String, TestCa.Credential> entries = new LinkedHashMap<>();
    entries.put("old", Clinic.credential(FOREIGN, "old"));
    entries.put("new", SERVER);
    write(store(entries), folder);
    TestCa.Credential old = entries.get("old");
    Path client = Clinic.folder(temp, "client", CLIENT, CA.root());
    try (Opposite wrong =
        Opposite.needing(old.key().getPrivate(), old.chain(), Opposite.trusting(CA.root()))) {
      Ailment found = new Examination(wrong.port()).as(client).with(folder).finds("wrong-alias");
      assertThat(found.refuses()).contains(Party.CLIENT);
      assertThat(found.sentence()).contains("shows \"old\"", "\"new\" would do");
    }
  }

  private static X509ExtendedKeyManager keys(KeyStore store) throws Exception {
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, PASSWORD.toCharArray());
    return (X509ExtendedKeyManager) factory.getKeyManagers()[0];
  }

  @Test
  void a_bundle_that_is_behind() {
    try (TestAuthority authority = TestAuthority.start()) {
      Path old = temp.resolve("old");
      Path renewed = temp.resolve("renewed");
      authority.issue(UnsyncedFolder.at(old), "orders");
      authority.prepareRoot();
      authority.issue(UnsyncedFolder.at(renewed), "billing");
      Ailment found = new Examination(1).as(old).with(renewed).finds("bundle-behind");
      assertThat(found.sentence()).contains("The client has trust bundle 1", "has 2");
      assertThat(found.mend()).isEqualTo("countersign trust --dir " + old);
      assertThat(new Examination(1).as(renewed).with(old).finds("bundle-behind").mend())
          .contains("" + old);
      authority.update(UnsyncedFolder.at(old));
      assertThat(new Examination(1).as(old).with(renewed).diagnosis().passed())
          .contains("bundle-behind");
    }
  }

  @Test
  void a_file_that_cannot_be_read() throws Exception {
    Path folder = Clinic.folder(temp, "damaged", CLIENT, CA.root());
    Files.writeString(folder.resolve("trust.pem"), "-----BEGIN CERTIFICATE-----\n\u001b[31mMII\n");
    Ailment found = new Examination(1).as(folder).finds("file-unreadable");
    assertThat(found.sentence()).contains("trust.pem cannot be read").doesNotContain("\u001b");
    KeyPair key = Side.read(folder).key().orElseThrow();
    assertThat(key.getPublic()).isEqualTo(KEY.getPublic());
  }
}
