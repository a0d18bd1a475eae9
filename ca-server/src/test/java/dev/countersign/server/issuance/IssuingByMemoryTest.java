package dev.countersign.server.issuance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.pki.CertificateRequest;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.Names;
import dev.countersign.pki.RevocationReason;
import dev.countersign.server.access.Access;
import dev.countersign.server.access.Operator;
import dev.countersign.server.authority.NameConstraints;
import dev.countersign.server.http.Caller;
import dev.countersign.server.identity.Identities;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.identity.IdentityChange;
import dev.countersign.server.identity.NewIdentity;
import dev.countersign.server.identity.Role;
import dev.countersign.server.ledger.Actor;
import dev.countersign.server.ledger.Ledger;
import dev.countersign.server.policy.Profile;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.revocation.Revocations;
import dev.countersign.server.testing.TestAuthority;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** What a server remembers of before, while another one over the same database has changed it. */
class IssuingByMemoryTest {
  private record Enrolled() implements Proof {
    @Override
    public String kind() {
      return "enrollment";
    }

    @Override
    public String id() {
      return "test";
    }

    @Override
    public Optional<String> retryKey() {
      return Optional.empty();
    }

    @Override
    public void consume(Handle handle, Set<Object> held) {
      // Nothing is used up.
    }
  }

  @TempDir static Path home;
  private static TestAuthority ca;
  private static Identities others;
  private static Revocations othersRevocations;

  private String orders;
  private String olga;
  private Caller caller;
  private Access access;

  @BeforeAll
  static void found() {
    ca = TestAuthority.create(home);
    Ledger ledger = new Ledger(ca.database);
    others =
        new Identities(
            ca.database, ledger, ca.clock, ca.profiles, NameConstraints::none, "example.internal");
    othersRevocations = new Revocations(ca.database, ledger, ca.clock, List.of());
  }

  @AfterAll
  static void close() {
    ca.close();
  }

  @BeforeEach
  void rememberAnIdentityAndAnOperator(TestInfo test) throws Exception {
    String unique = Integer.toHexString(test.getDisplayName().hashCode());
    orders = "orders-" + unique;
    olga = "olga-" + unique;
    add(orders, "peer", Optional.empty(), names("a.example"));
    Identity operator = add(olga, Profile.OPERATOR, Optional.of(Role.OPERATOR), Names.none());
    Applicant enrolled =
        new Applicant(
            operator,
            Profile.OPERATOR,
            new Enrolled(),
            Actor.system("test"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    var certificate = ca.issue(enrolled, KeyAlgorithm.P256.generate(random()));
    caller = new Caller("127.0.0.1", Optional.of(certificate.certificate()));
    access = new Access(ca.identities, ca.certificates, ca.clock);
    issue(Names.none());
  }

  @Test
  void names_that_were_taken_away_are_not_certified() throws Exception {
    others.update(orders, names(names("b.example")), TestAuthority.actor());
    assertThat(issue(Names.none()).certificate().names().dns()).containsExactly("b.example");
  }

  @Test
  void names_that_were_given_can_be_asked_for_at_once() throws Exception {
    others.update(orders, names(names("a.example", "b.example")), TestAuthority.actor());
    assertThat(issue(names("b.example")).certificate().names().dns()).containsExactly("b.example");
  }

  @Test
  void an_identity_that_was_revoked_gets_nothing_and_once_restored_everything() {
    othersRevocations.revokeIdentity(
        orders, RevocationReason.SUPERSEDED, Optional.empty(), TestAuthority.actor());
    assertRefused(Refusal.Kind.IDENTITY_REVOKED);
    others.restore(orders, TestAuthority.actor());
    assertThat(issue(Names.none()).identity()).isEqualTo(orders);
  }

  @Test
  void an_operator_who_was_revoked_issues_nothing_more() {
    othersRevocations.revokeIdentity(
        olga, RevocationReason.SUPERSEDED, Optional.empty(), TestAuthority.actor());
    assertRefused(Refusal.Kind.CERTIFICATE_REVOKED);
    assertRefused(Refusal.Kind.CERTIFICATE_REVOKED);
  }

  @Test
  void an_operator_whose_certificate_alone_was_revoked_issues_nothing_more() {
    othersRevocations.revoke(
        caller.certificate().orElseThrow().serial(),
        RevocationReason.SUPERSEDED,
        Optional.empty(),
        TestAuthority.actor());
    assertRefused(Refusal.Kind.CERTIFICATE_REVOKED);
  }

  @Test
  void what_was_issued_before_is_not_given_again_to_who_may_not_ask_any_more() {
    var request = TestAuthority.request(KeyAlgorithm.P256.generate(random()), Names.none());
    Optional<String> key = Optional.of("retry-" + orders);
    var issued = issue(request, key).certificate();
    assertThat(issue(request, key).certificate()).isEqualTo(issued);
    othersRevocations.revokeIdentity(
        olga, RevocationReason.SUPERSEDED, Optional.empty(), TestAuthority.actor());
    assertThatThrownBy(() -> issue(request, key))
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> assertThat(refusal.kind()).isEqualTo(Refusal.Kind.CERTIFICATE_REVOKED));
  }

  private void assertRefused(Refusal.Kind kind) {
    assertThatThrownBy(() -> issue(Names.none()))
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.kind()).isEqualTo(kind));
  }

  private RecordedCertificate issue(Names wanted) {
    return issue(
        TestAuthority.request(KeyAlgorithm.P256.generate(random()), wanted), Optional.empty());
  }

  private RecordedCertificate issue(CertificateRequest request, Optional<String> key) {
    Supplier<Applicant> door =
        () ->
            applicant(
                access.operator(caller, Access.WRITERS),
                ca.identities.find(orders).orElseThrow(),
                key);
    Supplier<Applicant> memory =
        () ->
            applicant(
                access.rememberedOperator(caller, Access.WRITERS),
                ca.identities.remembered(orders).orElseThrow(),
                key);
    try {
      return ca.issuance.issue(ca.issuance.admitted(memory, door), request).join();
    } catch (CompletionException e) {
      throw (RuntimeException) e.getCause();
    }
  }

  private Applicant applicant(Operator operator, Identity identity, Optional<String> key) {
    if (!identity.isActive()) {
      throw new Refusal(Refusal.Kind.IDENTITY_REVOKED, "revoked");
    }
    return new Applicant(
        identity,
        "peer",
        new OperatorProof(operator, identity.role(), key, ca.database.dialect()),
        operator.actor(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static SecureRandom random() {
    return TestAuthority.random();
  }

  private static Identity add(String name, String profile, Optional<Role> role, Names names) {
    return ca.identities.add(
        new NewIdentity(name, profile, role, Optional.empty(), names), TestAuthority.actor());
  }

  private static IdentityChange names(Names names) {
    return new IdentityChange(
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(names));
  }

  private static Names names(String... dns) throws Exception {
    return Names.builder().dns(dns).build();
  }
}
