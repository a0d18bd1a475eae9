package dev.countersign.server.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.Names;
import dev.countersign.server.crl.CrlPublisher;
import dev.countersign.server.keys.KeyFileException;
import dev.countersign.server.keys.KeyFiles;
import dev.countersign.server.keys.Passphrase;
import dev.countersign.server.testing.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CeremonyTest {
  private static final Instant NOW = Instant.parse("2028-02-29T12:00:00.789Z");

  @TempDir static Path home;
  private static TestAuthority ca;

  @BeforeAll
  static void hold_the_ceremony() {
    ca =
        TestAuthority.create(
            home, KeyAlgorithm.P384, KeyAlgorithm.P256, NOW, "dns:example.internal");
  }

  @AfterAll
  static void close() {
    ca.close();
  }

  private static CeremonyOrder order(String name, NameConstraints constraints, Names names) {
    return new CeremonyOrder(
        name, KeyAlgorithm.P256, KeyAlgorithm.P256, constraints, names, TestAuthority.URLS);
  }

  @Test
  void the_root_lives_twenty_years_and_the_issuing_CA_five() {
    Certificate root = ca.hierarchy.roots().get(0).certificate();
    assertThat(root.subject()).contains("CN=Example Root CA 1").contains("O=Example");
    assertThat(root.isSelfIssued()).isTrue();
    assertThat(root.notBefore()).isEqualTo("2028-02-29T11:59:00Z");
    assertThat(root.notAfter()).isEqualTo("2048-02-29T11:59:59Z");
    assertThat(root.x509().getBasicConstraints()).isEqualTo(Integer.MAX_VALUE);
    Certificate issuing = ca.hierarchy.issuing().certificate();
    assertThat(issuing.subject()).contains("CN=Example Issuing CA 1");
    assertThat(issuing.notAfter()).isEqualTo("2033-02-28T11:59:59Z");
    assertThat(issuing.issuerDer()).isEqualTo(root.subjectDer());
    assertThat(issuing.x509().getBasicConstraints()).isZero();
    assertThat(issuing.x509().getCriticalExtensionOIDs())
        .containsExactlyInAnyOrder("2.5.29.15", "2.5.29.19", "2.5.29.30");
    assertThat(ca.hierarchy.issuing().facts().constraints().describe())
        .isEqualTo("dns:example.internal");
  }

  @Test
  void the_roots_CRL_holds_as_long_as_the_issuing_CA() {
    assertThat(ca.crls.current("root-1").orElseThrow().nextUpdate())
        .isEqualTo(ca.hierarchy.issuing().certificate().notAfter());
  }

  @Test
  void a_second_ceremony_changes_nothing() throws IOException {
    byte[] before = Files.readAllBytes(home.resolve("keys/root-1.pem"));
    Ceremony again =
        new Ceremony(
            ca.database,
            new KeyFiles(home, TestAuthority.random()),
            ca.clock,
            TestAuthority.random(),
            CrlPublisher::recordFirst);
    assertThatThrownBy(
            () ->
                again.init(
                    order("Other", NameConstraints.none(), Names.none()),
                    TestAuthority.passphrase(home)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("nothing was changed");
    assertThat(Files.readAllBytes(home.resolve("keys/root-1.pem"))).isEqualTo(before);
  }

  @Test
  void the_hierarchy_is_read_back_with_and_without_the_roots_key() throws IOException {
    KeyFiles files = new KeyFiles(home, TestAuthority.random());
    Passphrase passphrase = TestAuthority.passphrase(home);
    Hierarchy hierarchy = Hierarchy.load(ca.database, files, passphrase);
    assertThat(hierarchy.trustBundle().number()).isEqualTo(1);
    assertThat(hierarchy.trustBundle().roots()).isEqualTo(ca.hierarchy.trustBundle().roots());
    assertThat(hierarchy.roots().get(0).keyPresent()).isTrue();
    Path copy = home.resolve("root.pem");
    files.export("root-1", copy, passphrase);
    files.remove("root-1", copy, passphrase);
    try {
      assertThat(hierarchy.roots().get(0).keyPresent()).isFalse();
      assertThat(Hierarchy.load(ca.database, files, passphrase).issuing().keyPresent()).isTrue();
      // what is due is made without the root's key, and the root's list still holds
      ca.crls.publishDue();
      assertThat(ca.crls.isFresh()).isTrue();
    } finally {
      Files.move(copy, files.path("root-1"));
    }
  }

  @Test
  void a_key_that_is_missing_or_of_another_CA_is_found_at_start_up() throws IOException {
    KeyFiles files = new KeyFiles(home, TestAuthority.random());
    Passphrase passphrase = TestAuthority.passphrase(home);
    Path aside = home.resolve("aside.pem");
    Files.move(files.path("issuing-1"), aside);
    try {
      assertThatThrownBy(() -> Hierarchy.load(ca.database, files, passphrase))
          .isInstanceOf(KeyFileException.class)
          .hasMessageContainingAll("issuing-1", "backup");
      KeyPair other = KeyAlgorithm.P256.generate(TestAuthority.random());
      files.write("issuing-1", other, passphrase);
      assertThatThrownBy(() -> Hierarchy.load(ca.database, files, passphrase))
          .isInstanceOf(KeyFileException.class)
          .hasMessageContaining("not the key of the certificate");
    } finally {
      Files.deleteIfExists(files.path("issuing-1"));
      Files.move(aside, files.path("issuing-1"));
    }
  }

  @Test
  void constraints_that_leave_out_the_servers_own_name_are_refused()
      throws InvalidRequestException {
    Names names = Names.builder().dns("ca.example.com").build();
    NameConstraints constraints = NameConstraints.permitted(List.of("dns:example.internal"));
    assertThatThrownBy(() -> order("Example", constraints, names))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("dns:ca.example.com", "--name-constraint");
  }

  @Test
  void a_name_that_would_not_fit_into_a_subject_is_refused() {
    for (String name : List.of("", " x", "x\n", "x".repeat(52))) {
      assertThatThrownBy(() -> order(name, NameConstraints.none(), Names.none()))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(order("x".repeat(51), NameConstraints.none(), Names.none())).isNotNull();
  }
}
