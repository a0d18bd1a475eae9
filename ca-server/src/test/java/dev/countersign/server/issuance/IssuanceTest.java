package dev.countersign.server.issuance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.Names;
import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.identity.IdentityChange;
import dev.countersign.server.ledger.Actor;
import dev.countersign.server.paging.Page;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.testing.TestAuthority;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IssuanceTest {
  @TempDir static Path home;
  private static TestAuthority ca;

  @BeforeAll
  static void hold_the_ceremony() {
    ca = TestAuthority.create(home, "dns:example.internal");
  }

  @AfterAll
  static void close() {
    ca.close();
  }

  private static Names dns(String... names) {
    try {
      return Names.builder().dns(names).build();
    } catch (InvalidRequestException e) {
      throw new AssertionError(e);
    }
  }

  private static KeyPair newKey() {
    return KeyAlgorithm.P256.generate(TestAuthority.random());
  }

  private record Once(String id) implements Proof {
    @Override
    public String kind() {
      return "enrollment";
    }

    @Override
    public Optional<String> retryKey() {
      return Optional.of("enrollment:" + id);
    }

    @Override
    public void consume(Handle handle, Set<Object> held) {}
  }

  private static Applicant with(Proof proof, Identity identity, Optional<Names> names) {
    return new Applicant(
        identity, "peer", proof, Actor.system("test"), Optional.empty(), names, Optional.empty());
  }

  @Test
  void a_certificate_is_recorded_before_it_is_released() {
    Identity identity = ca.identity("orders", dns("orders.example.internal"));
    RecordedCertificate issued = ca.issue(identity);
    assertThat(issued.chain())
        .containsExactly(issued.certificate(), ca.hierarchy.issuing().certificate());
    assertThat(issued.certificate().names())
        .hasToString("dns:orders.example.internal, uri:spiffe://example.internal/orders");
    assertThat(ca.certificates.find(issued.certificate().serial())).isPresent();
    assertThat(issued.renewal().start()).isBefore(issued.renewal().end());
    assertThat(issued.renewal().graceUntil())
        .isEqualTo(issued.certificate().notAfter().plus(Duration.ofDays(7)));
  }

  @Test
  void the_same_proof_and_key_get_the_same_certificate_again() {
    Identity identity = ca.identity("retry", dns("retry.example.internal"));
    KeyPair key = newKey();
    Applicant applicant = with(new Once("retry"), identity, Optional.empty());
    Certificate first = ca.issue(applicant, key).certificate();
    assertThat(ca.issue(applicant, key).certificate()).isEqualTo(first);
    assertThat(ca.issue(applicant, newKey()).certificate()).isNotEqualTo(first);
  }

  @Test
  void a_retry_gets_its_certificate_also_where_policy_would_say_no_today() {
    Identity before = ca.identity("late", dns("late.example.internal", "more.example.internal"));
    Optional<Names> asked = Optional.of(dns("more.example.internal"));
    KeyPair key = newKey();
    Certificate first = ca.issue(with(new Once("late"), before, asked), key).certificate();
    changeNames("late", dns("late.example.internal"));
    Identity now = seenOr(new ArrayDeque<>(), "late");
    assertThat(ca.issue(with(new Once("late"), now, asked), key).certificate()).isEqualTo(first);
    assertThatThrownBy(() -> ca.issue(with(new Once("late"), now, asked), newKey()))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("more.example.internal");
    assertThat(recordedFor("late")).containsExactly(first.serial());
  }

  @Test
  void a_name_of_the_identity_that_the_CA_may_not_certify_is_refused_at_renewal_too() {
    Identity identity = ca.identity("outside", dns("outside.example.com"));
    assertThatThrownBy(() -> ca.issue(identity))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("dns:outside.example.com");
    Applicant renewal =
        new Applicant(
            identity,
            "peer",
            new Once("renewal"),
            Actor.system("test"),
            Optional.of(SerialNumber.parse("5a")),
            Optional.empty(),
            Optional.empty());
    assertThatThrownBy(() -> ca.issue(renewal, newKey()))
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> assertThat(refusal.kind()).isEqualTo(Refusal.Kind.NOT_ALLOWED));
  }

  @Test
  void a_key_of_another_identity_is_refused() {
    KeyPair key = newKey();
    Identity one = ca.identity("one", dns("one.example.internal"));
    Identity two = ca.identity("two", dns("two.example.internal"));
    ca.issue(ca.applicant(one, "peer"), key);
    assertThatThrownBy(() -> ca.issue(ca.applicant(two, "peer"), key))
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> assertThat(refusal.kind()).isEqualTo(Refusal.Kind.BAD_PUBLIC_KEY));
    assertThat(ca.issue(ca.applicant(one, "client"), key)).isNotNull();
  }

  @Test
  void a_key_that_was_reported_as_stolen_is_refused() {
    KeyPair key = newKey();
    Identity identity = ca.identity("stolen", dns("stolen.example.internal"));
    RecordedCertificate issued = ca.issue(ca.applicant(identity, "peer"), key);
    ca.revocations.revoke(
        issued.certificate().serial(),
        RevocationReason.KEY_COMPROMISE,
        Optional.empty(),
        TestAuthority.actor());
    assertThatThrownBy(() -> ca.issue(ca.applicant(identity, "peer"), key))
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> assertThat(refusal.kind()).isEqualTo(Refusal.Kind.BAD_PUBLIC_KEY));
    assertThat(ca.issue(identity)).isNotNull();
  }

  @Test
  void nothing_is_recorded_when_policy_says_no() {
    Identity identity = ca.identity("refused", dns("refused.example.internal"));
    KeyPair key = newKey();
    assertThatThrownBy(
            () ->
                ca.issue(
                    with(new Once("no"), identity, Optional.of(dns("other.example.internal"))),
                    key))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("dns:other.example.internal");
    assertThat(
            ca.certificates.issuedFor(
                with(new Once("no"), identity, Optional.empty()),
                RequestDigest.of(TestAuthority.request(key, Names.none()))))
        .isEmpty();
  }

  @Test
  void names_taken_away_while_a_certificate_is_made_are_not_in_it() {
    Identity read = ca.identity("less", dns("less.example.internal", "more.example.internal"));
    changeNames("less", dns("less.example.internal"));
    Queue<Identity> seen = new ArrayDeque<>(List.of(read));
    Supplier<Applicant> door = () -> ca.applicant(seenOr(seen, "less"), "peer");

    RecordedCertificate issued = ca.issue(door, newKey());

    assertThat(seen).isEmpty();
    assertThat(issued.certificate().names())
        .hasToString("dns:less.example.internal, uri:spiffe://example.internal/less");
    assertThat(recordedFor("less")).containsExactly(issued.certificate().serial());
  }

  @Test
  void who_is_refused_when_asked_for_again_gets_nothing() {
    Identity read = ca.identity("gone", dns("gone.example.internal"));
    changeNames("gone", Names.none());
    Queue<Identity> seen = new ArrayDeque<>(List.of(read));
    Supplier<Applicant> door =
        () -> {
          if (seen.isEmpty()) {
            throw new Refusal(Refusal.Kind.IDENTITY_REVOKED, "Not any more.");
          }
          return ca.applicant(seen.remove(), "peer");
        };

    assertThatThrownBy(() -> ca.issue(door, newKey()))
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> assertThat(refusal.kind()).isEqualTo(Refusal.Kind.IDENTITY_REVOKED));
    assertThat(recordedFor("gone")).isEmpty();
  }

  @Test
  void an_identity_that_changes_each_time_is_asked_for_again_later() {
    Identity read = ca.identity("restless", dns("restless.example.internal"));
    changeNames("restless", Names.none());
    AtomicInteger asked = new AtomicInteger();
    Supplier<Applicant> door =
        () -> {
          asked.incrementAndGet();
          return ca.applicant(read, "peer");
        };

    assertThatThrownBy(() -> ca.issue(door, newKey()))
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> {
              assertThat(refusal.kind()).isEqualTo(Refusal.Kind.UNAVAILABLE);
              assertThat(refusal.retryAfter()).contains(Duration.ofSeconds(1));
              assertThat(refusal.detail()).contains("restless").contains("ask again");
            });
    assertThat(asked).hasValue(3);
    assertThat(recordedFor("restless")).isEmpty();
  }

  private static Identity seenOr(Queue<Identity> seen, String name) {
    return Optional.ofNullable(seen.poll()).orElseGet(() -> ca.identities.find(name).orElseThrow());
  }

  private static void changeNames(String identity, Names names) {
    ca.identities.update(
        identity,
        new IdentityChange(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(names)),
        TestAuthority.actor());
  }

  private static List<SerialNumber> recordedFor(String identity) {
    return ca
        .certificates
        .search(CertificateFilter.ofIdentity(identity), Page.first(10))
        .items()
        .stream()
        .map(CertificateRow::serial)
        .toList();
  }
}
