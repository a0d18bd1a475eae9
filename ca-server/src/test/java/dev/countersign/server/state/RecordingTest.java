package dev.countersign.server.state;

import static dev.countersign.server.state.Desk.OPERATOR;
import static dev.countersign.server.state.Desk.applicant;
import static dev.countersign.server.state.Desk.done;
import static dev.countersign.server.state.Desk.newKey;
import static dev.countersign.server.state.Desk.renewing;
import static dev.countersign.server.state.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.db.Dialect;
import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.db.testing.TestDatabase;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.access.Operators;
import dev.countersign.server.enrollment.CreatedEnrollment;
import dev.countersign.server.enrollment.Enrollment;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.identity.Role;
import dev.countersign.server.issuance.Applicant;
import dev.countersign.server.issuance.CertificateFilter;
import dev.countersign.server.issuance.CertificateRow;
import dev.countersign.server.issuance.CertificateStatus;
import dev.countersign.server.issuance.OperatorProof;
import dev.countersign.server.issuance.RecordedCertificate;
import dev.countersign.server.issuance.RequestDigest;
import dev.countersign.server.issuance.SignedCertificate;
import dev.countersign.server.issuance.SystemProof;
import dev.countersign.server.ledger.Actor;
import dev.countersign.server.ledger.EventFilter;
import dev.countersign.server.paging.Page;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

class RecordingTest {

  @OnEveryEngine
  void a_certificate_is_kept_with_all_that_is_to_be_known_of_it(TestDatabase test) {
    Desk desk = Desk.at(test);
    Identity orders = desk.identity("orders");
    CreatedEnrollment created = desk.enrollment("orders");
    PublicKey key = newKey();

    RecordedCertificate recorded = done(desk.record(applicant(orders, desk.proofOf(created)), key));

    Certificate certificate = recorded.certificate();
    CertificateRow row = desk.certificates.find(certificate.serial()).orElseThrow();
    assertThat(row.certificate()).isEqualTo(certificate);
    assertThat(row.identity()).isEqualTo("orders");
    assertThat(row.issuer()).isEqualTo(Desk.ISSUER);
    assertThat(row.status()).isEqualTo(CertificateStatus.ACTIVE);
    assertThat(row.keyHash())
        .isEqualTo(java.util.HexFormat.of().formatHex(certificate.pin().digest()));
    assertThat(row.provenance().proofKind()).isEqualTo("enrollment");
    assertThat(row.provenance().proofId()).isEqualTo(created.enrollment().id());
    assertThat(row.provenance().remoteAddress()).contains("192.0.2.7");
    assertThat(row.provenance().issuedAt()).isEqualTo(desk.clock.instant());
    assertThat(row.lineage()).isEqualTo(certificate.serial());
    assertThat(row.statusAt(certificate.notAfter())).isEqualTo(CertificateStatus.ACTIVE);
    assertThat(row.statusAt(certificate.notAfter().plusSeconds(1)))
        .isEqualTo(CertificateStatus.EXPIRED);
    assertThat(recorded.chain()).hasSize(2).startsWith(certificate);
    assertThat(state(desk, created)).isEqualTo(Enrollment.State.USED);
    assertThat(desk.events(EventFilter.all().ofSerial(certificate.serial().toString())))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.event().action()).isEqualTo("certificate.issued");
              assertThat(event.event().identity()).contains("orders");
              assertThat(event.event().details()).containsEntry("proof", "enrollment");
            });
  }

  @OnEveryEngine
  void the_same_proof_and_key_get_the_same_certificate(TestDatabase test) {
    Desk desk = Desk.at(test);
    Identity orders = desk.identity("orders");
    Applicant applicant = applicant(orders, desk.proofOf(desk.enrollment("orders")));
    PublicKey key = newKey();
    SerialNumber first = done(desk.record(applicant, key)).certificate().serial();

    assertThat(done(desk.record(applicant, key)).certificate().serial()).isEqualTo(first);
    assertThat(
            desk.certificates
                .issuedFor(
                    applicant, digest(desk.certificates.find(first).orElseThrow().certificate()))
                .orElseThrow()
                .certificate()
                .serial())
        .isEqualTo(first);
    refused(Kind.ENROLLMENT_USED, () -> done(desk.record(applicant, newKey())));
    assertThat(all(desk)).hasSize(1);
    assertThat(issuedEvents(desk)).isEqualTo(1);
  }

  @OnEveryEngine
  void two_who_race_for_one_single_use_string_get_one_certificate(TestDatabase test) {
    Desk desk = Desk.at(test);
    Desk other = test.dialect() == Dialect.H2 ? desk : desk.anotherNode(test);
    Identity orders = desk.identity("orders");
    for (int round = 1; round <= 10; round++) {
      Applicant applicant = applicant(orders, desk.proofOf(desk.enrollment("orders")));
      SignedCertificate one = desk.signed(orders, newKey());
      SignedCertificate another = desk.signed(orders, newKey());

      List<Object> results =
          Race.of(
              () -> done(desk.certificates.record(one, applicant)),
              () -> done(other.certificates.record(another, applicant)));

      assertThat(results).filteredOn(r -> r instanceof RecordedCertificate).hasSize(1);
      assertThat(results)
          .filteredOn(r -> r instanceof Refusal)
          .extracting(r -> ((Refusal) r).kind())
          .containsExactly(Kind.ENROLLMENT_USED);
      assertThat(all(desk)).hasSize(round);
      assertThat(issuedEvents(desk)).isEqualTo(round);
    }
  }

  @OnEveryEngine
  void a_retry_that_overtakes_its_first_try_gets_the_same_certificate(TestDatabase test) {
    Desk desk = Desk.at(test);
    Desk other = test.dialect() == Dialect.H2 ? desk : desk.anotherNode(test);
    Identity orders = desk.identity("orders");
    for (int round = 1; round <= 10; round++) {
      Applicant applicant = applicant(orders, desk.proofOf(desk.enrollment("orders")));
      PublicKey key = newKey();
      SignedCertificate one = desk.signed(orders, key);
      SignedCertificate another = desk.signed(orders, key);

      List<Object> results =
          Race.of(
              () -> done(desk.certificates.record(one, applicant)),
              () -> done(other.certificates.record(another, applicant)));

      assertThat(results)
          .extracting(r -> ((RecordedCertificate) r).certificate().serial())
          .containsOnly(
              desk.certificates
                  .search(CertificateFilter.all(), Page.first(1))
                  .items()
                  .get(0)
                  .serial());
      assertThat(all(desk)).hasSize(round);
    }
  }

  @OnEveryEngine
  void a_thousand_at_once_are_a_thousand_rows_and_events(TestDatabase test) {
    Desk desk = Desk.at(test);
    Identity orders = desk.identity("orders");
    PublicKey key = newKey();
    Applicant applicant = applicant(orders, new SystemProof("test"));
    List<SignedCertificate> signed = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      signed.add(desk.signed(orders, key));
    }

    List<CompletableFuture<RecordedCertificate>> futures =
        signed.parallelStream().map(s -> desk.certificates.record(s, applicant)).toList();

    Set<SerialNumber> serials =
        futures.stream().map(f -> done(f).certificate().serial()).collect(Collectors.toSet());
    assertThat(serials).hasSize(1000);
    List<CertificateRow> rows = all(desk);
    assertThat(rows).hasSize(1000);
    assertThat(rows.stream().map(CertificateRow::serial)).containsAll(serials);
    assertThat(issuedEvents(desk)).isEqualTo(1000);
  }

  @OnEveryEngine
  void one_refused_does_not_spoil_its_group(TestDatabase test) {
    Desk desk = Desk.at(test);
    Identity orders = desk.identity("orders");
    Applicant used = applicant(orders, desk.proofOf(desk.enrollment("orders")));
    done(desk.record(used, newKey()));
    List<CompletableFuture<RecordedCertificate>> good = new ArrayList<>();
    List<CompletableFuture<RecordedCertificate>> bad = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      good.add(desk.record(applicant(orders, new SystemProof("test")), newKey()));
      bad.add(desk.record(used, newKey()));
    }

    good.forEach(Desk::done);
    bad.forEach(future -> refused(Kind.ENROLLMENT_USED, () -> done(future)));
    assertThat(all(desk)).hasSize(21);
    assertThat(issuedEvents(desk)).isEqualTo(21);
  }

  @OnEveryEngine
  void what_ends_an_enrolment_is_decided_when_it_is_recorded(TestDatabase test) {
    Desk desk = Desk.at(test);
    Identity orders = desk.identity("orders");
    CreatedEnrollment cancelled = desk.enrollment("orders");
    CreatedEnrollment expired = desk.enrollment("orders");
    CreatedEnrollment ofRevoked = desk.enrollment("orders");
    desk.enrollments.cancel(cancelled.enrollment().id(), OPERATOR);

    refused(
        Kind.ENROLLMENT_CANCELLED,
        () -> done(desk.record(applicant(orders, desk.proofOf(cancelled)), newKey())));
    desk.clock.advance(Duration.ofHours(1));
    refused(
        Kind.ENROLLMENT_EXPIRED,
        () -> done(desk.record(applicant(orders, desk.proofOf(expired)), newKey())));
    desk.revocations.revokeIdentity(
        "orders", RevocationReason.UNSPECIFIED, Optional.empty(), OPERATOR);
    refused(
        Kind.IDENTITY_REVOKED,
        () -> done(desk.record(applicant(orders, desk.proofOf(ofRevoked)), newKey())));
    assertThat(all(desk)).isEmpty();
  }

  @OnEveryEngine
  void an_identity_revoked_while_it_is_issued_to_holds_nothing_live(TestDatabase test) {
    Desk desk = Desk.at(test);
    Desk other = test.dialect() == Dialect.H2 ? desk : desk.anotherNode(test);
    for (int round = 0; round < 10; round++) {
      Identity identity = desk.identity("orders" + round);
      SignedCertificate signed = desk.signed(identity, newKey());
      Applicant applicant = applicant(identity, new SystemProof("test"));

      List<Object> results =
          Race.of(
              () -> done(desk.certificates.record(signed, applicant)),
              () ->
                  other.revocations.revokeIdentity(
                      identity.name(),
                      RevocationReason.KEY_COMPROMISE,
                      Optional.empty(),
                      OPERATOR));

      assertThat(
              desk.certificates
                  .search(
                      CertificateFilter.ofIdentity(identity.name())
                          .withStatus(CertificateStatus.ACTIVE),
                      Page.first(10))
                  .items())
          .as("%s", results)
          .isEmpty();
      assertThat(results.get(0))
          .satisfiesAnyOf(
              r -> assertThat(r).isInstanceOf(RecordedCertificate.class),
              r -> assertThat(((Refusal) r).kind()).isEqualTo(Kind.IDENTITY_REVOKED));
    }
  }

  @OnEveryEngine
  void an_idempotency_key_is_of_one_request(TestDatabase test) {
    Desk desk = Desk.at(test);
    Identity orders = desk.identity("orders");
    Identity billing = desk.identity("billing");
    desk.identity("ada", Optional.of(Role.OPERATOR));
    desk.identity("eve", Optional.of(Role.AUDITOR));
    PublicKey key = newKey();
    Applicant request = byOperator(orders, "ada", "key-1", test);
    SerialNumber first = done(desk.record(request, key)).certificate().serial();

    assertThat(done(desk.record(request, key)).certificate().serial()).isEqualTo(first);
    refused(Kind.IDEMPOTENCY_MISMATCH, () -> done(desk.record(request, newKey())));
    refused(
        Kind.IDEMPOTENCY_MISMATCH,
        () -> done(desk.record(byOperator(billing, "ada", "key-1", test), key)));
    refused(
        Kind.IDEMPOTENCY_MISMATCH,
        () -> desk.certificates.issuedFor(request, new RequestDigest(new byte[32], new byte[32])));
    SignedCertificate otherNames = desk.signed(orders, key, new byte[] {1});
    refused(Kind.IDEMPOTENCY_MISMATCH, () -> done(desk.certificates.record(otherNames, request)));
    refused(
        Kind.FORBIDDEN,
        () -> done(desk.record(byOperator(orders, "eve", "key-1", test), newKey())));
    done(desk.record(byOperator(orders, "ada", "key-2", test), newKey()));
    assertThat(all(desk)).hasSize(2);
  }

  /** Of a request that asks for the key alone. */
  private static RequestDigest digest(Certificate certificate) {
    return new RequestDigest(certificate.pin().digest(), certificate.pin().digest());
  }

  private static Applicant byOperator(
      Identity identity, String operator, String key, TestDatabase test) {
    return new Applicant(
        identity,
        "peer",
        new OperatorProof(
            Operators.of(operator, 1), identity.role(), Optional.of(key), test.dialect()),
        Actor.operator(operator, "192.0.2.8"),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  @OnEveryEngine
  void a_renewal_knows_where_it_comes_from(TestDatabase test) {
    Desk desk = Desk.at(test);
    Identity orders = desk.identity("orders");
    SerialNumber first = desk.issued(orders);
    SerialNumber second = desk.renewed(orders, first);
    SerialNumber third = desk.renewed(orders, second);
    SerialNumber branch = desk.renewed(orders, first);

    CertificateRow row = desk.certificates.find(third).orElseThrow();
    assertThat(row.previous()).contains(second);
    assertThat(row.lineage()).isEqualTo(first);
    assertThat(desk.certificates.lineage(row)).containsExactly(first, second, third, branch);
    PublicKey key = newKey();
    SerialNumber once = done(desk.record(renewing(orders, third), key)).certificate().serial();
    assertThat(done(desk.record(renewing(orders, third), key)).certificate().serial())
        .isEqualTo(once);
  }

  @OnEveryEngine
  void what_is_not_good_any_more_is_not_renewed(TestDatabase test) {
    Desk desk = Desk.at(test);
    Identity orders = desk.identity("orders");
    SerialNumber revoked = desk.issued(orders);
    SerialNumber held = desk.issued(orders);
    SerialNumber expiredBeforeRevocation =
        done(desk.certificates.record(
                desk.signed(orders, newKey(), Duration.ofMinutes(1)),
                applicant(orders, new SystemProof("test"))))
            .certificate()
            .serial();
    desk.revocations.revoke(revoked, RevocationReason.SUPERSEDED, Optional.empty(), OPERATOR);
    desk.revocations.hold(held, OPERATOR);

    refused(Kind.CERTIFICATE_REVOKED, () -> desk.renewed(orders, revoked));
    refused(Kind.CERTIFICATE_REVOKED, () -> desk.renewed(orders, held));
    refused(Kind.NOT_FOUND, () -> desk.renewed(desk.identity("billing"), expiredBeforeRevocation));
    desk.clock.advance(Duration.ofMinutes(5));
    desk.revocations.revokeIdentity(
        "orders", RevocationReason.KEY_COMPROMISE, Optional.empty(), OPERATOR);
    Identity restored = desk.identities.restore("orders", OPERATOR).result();
    refused(Kind.CERTIFICATE_REVOKED, () -> desk.renewed(restored, expiredBeforeRevocation));
    desk.clock.advance(Duration.ofSeconds(1));
    SerialNumber fresh = desk.issued(restored);
    desk.renewed(restored, fresh);
  }

  @OnEveryEngine
  void retries_that_wait_together_get_one_certificate(TestDatabase test) {
    Desk desk = Desk.at(test);
    Identity orders = desk.identity("orders");
    Applicant applicant = applicant(orders, desk.proofOf(desk.enrollment("orders")));
    PublicKey key = newKey();
    List<SignedCertificate> tries = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      tries.add(desk.signed(orders, key));
    }

    List<CompletableFuture<RecordedCertificate>> futures =
        tries.stream().map(each -> desk.certificates.record(each, applicant)).toList();

    assertThat(futures.stream().map(future -> done(future).certificate().serial()).distinct())
        .hasSize(1);
    assertThat(all(desk)).hasSize(1);
    assertThat(issuedEvents(desk)).isEqualTo(1);
  }

  private static List<CertificateRow> all(Desk desk) {
    return desk.certificates.search(CertificateFilter.all(), Page.first(Page.MOST)).items();
  }

  private static long issuedEvents(Desk desk) {
    return desk.events(EventFilter.all().ofAction("certificate.issued")).size();
  }

  private static Enrollment.State state(Desk desk, CreatedEnrollment created) {
    return desk.enrollments.find(created.enrollment().id()).orElseThrow().state();
  }
}
