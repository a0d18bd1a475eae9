package dev.countersign.server.state;

import static dev.countersign.server.state.Desk.OPERATOR;
import static dev.countersign.server.state.Desk.applicant;
import static dev.countersign.server.state.Desk.done;
import static dev.countersign.server.state.Desk.newKey;
import static dev.countersign.server.state.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.db.Dialect;
import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.db.testing.TestDatabase;
import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.identity.Mandate;
import dev.countersign.server.issuance.Applicant;
import dev.countersign.server.issuance.CertificateFilter;
import dev.countersign.server.issuance.CertificateRow;
import dev.countersign.server.issuance.CertificateStatus;
import dev.countersign.server.issuance.OperatorProof;
import dev.countersign.server.issuance.RecordedCertificate;
import dev.countersign.server.issuance.SystemProof;
import dev.countersign.server.ledger.EventFilter;
import dev.countersign.server.paging.Page;
import dev.countersign.server.refusal.Refusal.Kind;
import dev.countersign.server.revocation.Revocation;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Of whom a key is, and that a stolen one is certified no more, on whatever server. */
class KeysTest {

  @OnEveryEngine
  void a_key_of_one_identity_is_certified_for_no_other(TestDatabase test) {
    Desk desk = Desk.at(test);
    Identity orders = desk.identity("orders");
    Identity billing = desk.identity("billing");
    PublicKey known = newKey();
    desk.issued(orders, known);

    refused(Kind.BAD_PUBLIC_KEY, () -> desk.issued(billing, known));
    List<CompletableFuture<RecordedCertificate>> first = new ArrayList<>();
    List<CompletableFuture<RecordedCertificate>> second = new ArrayList<>();
    for (int i = 0; i < 50; i++) { // many of them wait for the same commit
      PublicKey key = newKey();
      first.add(desk.record(applicant(orders, new SystemProof("test")), key));
      second.add(desk.record(applicant(billing, new SystemProof("test")), key));
    }

    first.forEach(Desk::done);
    second.forEach(future -> refused(Kind.BAD_PUBLIC_KEY, () -> done(future)));
    assertThat(all(desk)).hasSize(51).allMatch(row -> row.identity().equals("orders"));
    assertThat(issuedEvents(desk)).isEqualTo(51);
  }

  @OnEveryEngine(Dialect.POSTGRESQL)
  void of_two_servers_that_certify_one_key_the_second_waits_for_the_first(TestDatabase test)
      throws Exception {
    Desk one = Desk.at(test);
    Desk other = one.anotherNode(test);
    Identity orders = one.identity("orders");
    Identity billing = one.identity("billing");
    PublicKey key = newKey();
    try (Pause pause = new Pause()) {
      CompletableFuture<RecordedCertificate> first =
          one.record(applicant(orders, pause.inProof()), key);
      pause.awaitReached();
      CompletableFuture<RecordedCertificate> second =
          other.record(applicant(billing, new SystemProof("test")), key);
      Desk.untilOneWaits(one.database, second::isDone);
      pause.end();

      assertThat(done(first).identity()).isEqualTo("orders");
      refused(Kind.BAD_PUBLIC_KEY, () -> done(second));
    }
    assertThat(all(one)).extracting(CertificateRow::identity).containsExactly("orders");
    assertThat(issuedEvents(one)).isEqualTo(1);
  }

  @OnEveryEngine(Dialect.POSTGRESQL)
  void a_key_is_free_for_who_waited_when_the_first_is_refused(TestDatabase test) throws Exception {
    Desk one = Desk.at(test);
    Desk other = one.anotherNode(test);
    Identity orders = one.identity("orders");
    Identity billing = one.identity("billing");
    PublicKey key = newKey();
    try (Pause pause = new Pause()) {
      CompletableFuture<RecordedCertificate> first =
          one.record(applicant(orders, pause.inProofThatFails()), key);
      pause.awaitReached();
      CompletableFuture<RecordedCertificate> second =
          other.record(applicant(billing, new SystemProof("test")), key);
      Desk.untilOneWaits(one.database, second::isDone);
      pause.end();

      refused(Kind.CONFLICT, () -> done(first));
      assertThat(done(second).identity()).isEqualTo("billing");
    }
    refused(Kind.BAD_PUBLIC_KEY, () -> one.issued(orders, key));
    assertThat(all(one)).extracting(CertificateRow::identity).containsExactly("billing");
  }

  @OnEveryEngine(Dialect.POSTGRESQL)
  void servers_that_certify_the_same_keys_in_any_order_do_not_stop_each_other(TestDatabase test) {
    Desk one = Desk.at(test);
    Desk other = one.anotherNode(test);
    Identity orders = one.identity("orders");
    Identity billing = one.identity("billing");
    for (int round = 0; round < 5; round++) {
      List<PublicKey> keys = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        keys.add(newKey());
      }
      List<PublicKey> reversed = new ArrayList<>(keys);
      Collections.reverse(reversed);

      List<Object> results =
          Race.of(() -> certified(one, orders, keys), () -> certified(other, billing, reversed));

      assertThat((int) results.get(0) + (int) results.get(1)).as("%s", results).isEqualTo(20);
    }
    assertThat(all(one).stream().map(CertificateRow::keyHash)).hasSize(100).doesNotHaveDuplicates();
  }

  /** How many of them; the others are refused as another's. */
  private static int certified(Desk desk, Identity identity, List<PublicKey> keys) {
    List<CompletableFuture<RecordedCertificate>> futures =
        keys.stream()
            .map(key -> desk.record(applicant(identity, new SystemProof("test")), key))
            .toList();
    int certified = 0;
    for (CompletableFuture<RecordedCertificate> future : futures) {
      if (future.handle((recorded, thrown) -> recorded != null).join()) {
        certified++;
      } else {
        refused(Kind.BAD_PUBLIC_KEY, () -> done(future));
      }
    }
    return certified;
  }

  @OnEveryEngine
  void a_key_stays_free_when_its_first_certificate_was_not_recorded(TestDatabase test)
      throws Exception {
    Desk desk = Desk.at(test);
    Identity orders = desk.identity("orders");
    Identity billing = desk.identity("billing");
    PublicKey key = newKey();
    try (Pause pause = new Pause()) {
      pause.end();
      refused(
          Kind.CONFLICT, () -> done(desk.record(applicant(orders, pause.inProofThatFails()), key)));
    }

    desk.issued(billing, key);
    refused(Kind.BAD_PUBLIC_KEY, () -> desk.issued(orders, key));
  }

  @OnEveryEngine
  void a_key_stays_free_when_its_request_was_taken_for_another(TestDatabase test) {
    Desk desk = Desk.at(test);
    Identity orders = desk.identity("orders");
    Identity billing = desk.identity("billing");
    PublicKey key = newKey();
    Applicant request =
        applicant(
            orders,
            new OperatorProof(OPERATOR, Optional.empty(), Optional.of("once"), test.dialect()));
    done(desk.record(request, newKey()));
    List<CompletableFuture<RecordedCertificate>> together = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      together.add(desk.record(applicant(orders, new SystemProof("test")), newKey()));
    }
    CompletableFuture<RecordedCertificate> refused = desk.record(request, key);

    refused(Kind.IDEMPOTENCY_MISMATCH, () -> done(refused));
    together.forEach(Desk::done);
    desk.issued(billing, key);
    assertThat(issuedEvents(desk)).isEqualTo(12);
  }

  @OnEveryEngine
  void a_key_that_was_reported_stolen_is_not_certified_again(TestDatabase test) {
    Desk desk = Desk.at(test);
    Identity orders = desk.identity("orders");
    Identity billing = desk.identity("billing");
    PublicKey key = newKey();
    SerialNumber serial = desk.issued(orders, key);
    desk.revocations.revoke(serial, RevocationReason.KEY_COMPROMISE, Optional.empty(), OPERATOR);

    refused(Kind.BAD_PUBLIC_KEY, () -> desk.issued(orders, key));
    refused(Kind.BAD_PUBLIC_KEY, () -> desk.issued(billing, key));
    desk.issued(orders);
  }

  @OnEveryEngine(Dialect.POSTGRESQL)
  void a_certificate_that_comes_before_the_denial_of_its_key_falls_with_it(TestDatabase test)
      throws Exception {
    Desk one = Desk.at(test);
    Desk other = one.anotherNode(test);
    Identity orders = one.identity("orders");
    PublicKey key = newKey();
    SerialNumber stolen = one.issued(orders, key);
    try (Pause pause = new Pause()) {
      CompletableFuture<RecordedCertificate> issue =
          one.record(applicant(orders, pause.inProof()), key);
      pause.awaitReached();
      CompletableFuture<Revocation> denial = denied(other, stolen, OPERATOR);
      Desk.untilOneWaits(one.database, denial::isDone);
      pause.end();

      SerialNumber issued = done(issue).certificate().serial();
      assertThat(done(denial).all()).containsExactlyInAnyOrder(stolen, issued);
      assertThat(other.certificates.find(issued).orElseThrow().status())
          .isEqualTo(CertificateStatus.REVOKED);
    }
    refused(Kind.BAD_PUBLIC_KEY, () -> one.issued(orders, key));
  }

  @OnEveryEngine(Dialect.POSTGRESQL)
  void a_certificate_that_comes_after_the_denial_of_its_key_is_refused(TestDatabase test)
      throws Exception {
    Desk one = Desk.at(test);
    Desk other = one.anotherNode(test);
    Identity orders = one.identity("orders");
    PublicKey key = newKey();
    SerialNumber stolen = one.issued(orders, key);
    try (Pause pause = new Pause()) {
      CompletableFuture<Revocation> denial = denied(other, stolen, pause.inMandate());
      pause.awaitReached();
      CompletableFuture<RecordedCertificate> issue =
          one.record(applicant(orders, new SystemProof("test")), key);
      Desk.untilOneWaits(one.database, issue::isDone);
      pause.end();

      refused(Kind.BAD_PUBLIC_KEY, () -> done(issue));
      assertThat(done(denial).all()).containsExactly(stolen);
    }
    assertThat(all(one)).hasSize(1);
  }

  private static CompletableFuture<Revocation> denied(
      Desk desk, SerialNumber serial, Mandate mandate) {
    return CompletableFuture.supplyAsync(
        () ->
            desk.revocations
                .revoke(serial, RevocationReason.KEY_COMPROMISE, Optional.empty(), mandate)
                .result());
  }

  private static List<CertificateRow> all(Desk desk) {
    return desk.certificates.search(CertificateFilter.all(), Page.first(Page.MOST)).items();
  }

  private static long issuedEvents(Desk desk) {
    return desk.events(EventFilter.all().ofAction("certificate.issued")).size();
  }
}
