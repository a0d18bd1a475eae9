package dev.countersign.server.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.RevocationReason;
import dev.countersign.server.crl.CrlPublisher;
import dev.countersign.server.crl.CrlStore;
import dev.countersign.server.crl.Places;
import dev.countersign.server.keys.KeyFiles;
import dev.countersign.server.ledger.Actor;
import dev.countersign.server.ledger.EventFilter;
import dev.countersign.server.ledger.EventSpan;
import dev.countersign.server.ledger.Ledger;
import dev.countersign.server.ocsp.RootStatements;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.revocation.CaDenials;
import dev.countersign.server.revocation.Revoked;
import dev.countersign.server.testing.TestAuthority;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.CRLReason;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplacementTest {
  @TempDir Path home;
  private TestAuthority ca;

  @BeforeEach
  void hold_the_ceremony() {
    ca = TestAuthority.create(home, "dns:example.internal");
  }

  @AfterEach
  void close() {
    ca.close();
  }

  private Replacement.Done replace(String name, RevocationReason reason) {
    return new Replacement(
            ca.database,
            files(),
            ca.clock,
            TestAuthority.random(),
            CaDenials::record,
            RootStatements::revoked)
        .run(
            loaded(),
            new Replacement.Order(name, reason, "Example", TestAuthority.URLS),
            TestAuthority.passphrase(home),
            Actor.system("test"));
  }

  private KeyFiles files() {
    return new KeyFiles(home, TestAuthority.random());
  }

  private Hierarchy loaded() {
    return Hierarchy.load(ca.database, files(), TestAuthority.passphrase(home));
  }

  private CrlPublisher publisher() {
    Hierarchy hierarchy = loaded();
    CrlStore store = new CrlStore(ca.database);
    return new CrlPublisher(
        hierarchy,
        new Revoked(ca.database),
        store,
        Places.recorded(store, hierarchy, TestAuthority.URLS, TestAuthority.SHARDS),
        new CrlPublisher.Schedule(Duration.ofHours(1), Duration.ofHours(24)),
        ca.clock);
  }

  /** That of a server which is started now. */
  private X509CRL rootCrl() throws GeneralSecurityException {
    CrlPublisher started = publisher();
    started.publishDue();
    byte[] der = started.current("root-1").orElseThrow().der();
    return (X509CRL)
        CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
  }

  private @Nullable X509CRLEntry listed(Authority authority) throws GeneralSecurityException {
    return rootCrl().getRevokedCertificate(authority.certificate().serial().toBigInteger());
  }

  @Test
  void the_root_lists_what_is_revoked_and_the_next_one_issues() throws Exception {
    Replacement.Done done = replace("issuing-1", RevocationReason.CA_COMPROMISE);

    Hierarchy after = loaded();
    Authority revoked = after.find("issuing-1").orElseThrow();
    assertThat(revoked.state()).isEqualTo(Authority.State.REVOKED);
    X509CRLEntry entry = Objects.requireNonNull(listed(revoked));
    assertThat(entry).isNotNull();
    assertThat(entry.getRevocationReason()).isEqualTo(CRLReason.CA_COMPROMISE);
    assertThat(entry.getRevocationDate().toInstant()).isEqualTo(done.revoked().revokedAt());
    Authority next = after.issuing();
    assertThat(next.name()).isEqualTo("issuing-2");
    assertThat(next.certificate()).isEqualTo(done.successor().certificate());
    assertThat(next.certificate().subject()).contains("CN=Example Issuing CA 2");
    assertThat(next.facts().constraints().describe()).isEqualTo("dns:example.internal");
    assertThat(next.keyAlgorithm()).isEqualTo(KeyAlgorithm.P256);
    assertThat(listed(next)).isNull();
    assertThat(rootCrl().getNextUpdate().toInstant()).isEqualTo(next.certificate().notAfter());
    assertThat(new Ledger(ca.database).list(EventFilter.all(), EventSpan.after(0), 100).items())
        .extracting(recorded -> recorded.event().action())
        .contains("authority.revoked", "authority.added");
  }

  @Test
  void the_root_owes_a_list_until_its_key_is_there_again() throws Exception {
    CrlPublisher publisher = ca.anotherPublisher();
    publisher.publishDue();
    replace("issuing-1", RevocationReason.SUPERSEDED);
    Path copy = home.resolve("copy.pem");
    Files.move(files().path("root-1"), copy);
    CrlPublisher keyless = publisher();
    keyless.publishDue();
    assertThat(keyless.isFresh()).isFalse();
    Files.move(copy, files().path("root-1"));
    keyless.publishDue();
    assertThat(keyless.isFresh()).isTrue();
    assertThat(listed(ca.hierarchy.issuing())).isNotNull();
  }

  @Test
  void one_that_went_before_stays_on_the_list() throws Exception {
    Authority first = ca.hierarchy.issuing();
    replace("issuing-1", RevocationReason.SUPERSEDED);
    Authority second = loaded().issuing();
    replace("issuing-2", RevocationReason.UNSPECIFIED);
    assertThat(listed(first)).isNotNull();
    assertThat(listed(second)).isNotNull();
    assertThat(loaded().issuing().name()).isEqualTo("issuing-3");
  }

  @Test
  void what_cannot_be_revoked_changes_nothing() throws Exception {
    assertThatThrownBy(() -> replace("root-1", RevocationReason.CA_COMPROMISE))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("only issuing-1");
    assertThatThrownBy(() -> replace("issuing-1", RevocationReason.CERTIFICATE_HOLD))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cACompromise");
    replace("issuing-1", RevocationReason.CA_COMPROMISE);
    X509CRL before = rootCrl();
    assertThatThrownBy(() -> replace("issuing-1", RevocationReason.CA_COMPROMISE))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("revoked already");
    assertThat(rootCrl()).isEqualTo(before);
    assertThat(loaded().all()).hasSize(3);
  }

  @Test
  void without_the_roots_key_it_says_how_to_bring_it_back() throws IOException {
    Path copy = home.resolve("copy.pem");
    Files.move(files().path("root-1"), copy);
    assertThatThrownBy(() -> replace("issuing-1", RevocationReason.CA_COMPROMISE))
        .isInstanceOf(Refusal.class)
        .hasMessageContainingAll("root-1", files().path("root-1").toString(), "root remove");
    assertThat(loaded().issuing().name()).isEqualTo("issuing-1");
    assertThat(files().present("issuing-2")).isFalse();
    Files.move(copy, files().path("root-1"));
    replace("issuing-1", RevocationReason.CA_COMPROMISE);
  }

  @Test
  void a_key_that_a_replacement_left_when_it_was_killed_is_used() {
    KeyPair left = KeyAlgorithm.P256.generate(TestAuthority.random());
    files().write("issuing-2", left, TestAuthority.passphrase(home));
    replace("issuing-1", RevocationReason.CA_COMPROMISE);
    assertThat(loaded().issuing().hasKey(left.getPublic().getEncoded())).isTrue();
  }

  @Test
  void the_stolen_key_may_go_and_a_server_that_missed_it_finds_out() throws IOException {
    assertThat(ca.hierarchy.isAsRecorded(ca.database)).isTrue();
    replace("issuing-1", RevocationReason.CA_COMPROMISE);
    assertThat(ca.hierarchy.isAsRecorded(ca.database)).isFalse();
    Files.delete(files().path("issuing-1"));
    Hierarchy after = loaded();
    assertThat(after.isAsRecorded(ca.database)).isTrue();
    assertThat(after.find("issuing-1").orElseThrow().keyPresent()).isFalse();
    Instant over = ca.clock.instant().plus(Duration.ofDays(2));
    assertThat(after.issuing().certificate().isValidAt(over)).isTrue();
  }
}
