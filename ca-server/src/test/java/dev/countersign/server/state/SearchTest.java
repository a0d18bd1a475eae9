package dev.countersign.server.state;

import static dev.countersign.server.state.Desk.OPERATOR;
import static dev.countersign.server.state.Desk.applicant;
import static dev.countersign.server.state.Desk.done;
import static dev.countersign.server.state.Desk.newKey;
import static dev.countersign.server.state.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.db.testing.TestDatabase;
import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.issuance.CertificateFilter;
import dev.countersign.server.issuance.CertificateRow;
import dev.countersign.server.issuance.CertificateStatus;
import dev.countersign.server.issuance.SystemProof;
import dev.countersign.server.ledger.EventFilter;
import dev.countersign.server.ledger.EventPage;
import dev.countersign.server.ledger.EventSpan;
import dev.countersign.server.paging.Page;
import dev.countersign.server.paging.Paged;
import dev.countersign.server.refusal.Refusal.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

class SearchTest {

  @OnEveryEngine
  void pages_have_each_certificate_once_newest_first_while_others_come(TestDatabase test) {
    Desk desk = Desk.at(test);
    Identity orders = desk.identity("orders");
    List<SerialNumber> issued = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      issued.add(desk.issued(orders));
    }
    Collections.reverse(issued);

    List<SerialNumber> seen = new ArrayList<>();
    Optional<String> next = Optional.empty();
    int pages = 0;
    do {
      Paged<CertificateRow> page =
          desk.certificates.search(CertificateFilter.all(), new Page(3, next));
      page.items().forEach(row -> seen.add(row.serial()));
      desk.issued(orders); // while someone turns the pages
      next = page.next();
      pages++;
    } while (next.isPresent());

    assertThat(seen).isEqualTo(issued);
    assertThat(pages).isEqualTo(3);
    refused(
        Kind.MALFORMED,
        () ->
            desk.certificates.search(
                CertificateFilter.all(), new Page(3, Optional.of("MWU6Nw")))); // an enrolment's
    refused(Kind.MALFORMED, () -> Page.first(0));
    refused(Kind.MALFORMED, () -> Page.first(1001));
  }

  @OnEveryEngine
  void pages_by_their_ends_have_each_certificate_once_also_of_those_that_end_together(
      TestDatabase test) {
    Desk desk = Desk.at(test);
    Identity orders = desk.identity("orders");
    List<SerialNumber> byEnd = new ArrayList<>();
    for (int end = 1; end <= 3; end++) {
      for (int i = 0; i < 3; i++) {
        byEnd.add(issued(desk, orders, Duration.ofMinutes(end)));
      }
    }
    issued(desk, orders, Duration.ofHours(1));
    Wanted soon = new Wanted();
    soon.expiresBefore = desk.clock.instant().plus(Duration.ofMinutes(10));
    soon.status = CertificateStatus.ACTIVE;
    assertThat(turned(desk, soon, 2)).isEqualTo(byEnd);

    desk.clock.advance(Duration.ofMinutes(20));
    Wanted expired = new Wanted();
    expired.status = CertificateStatus.EXPIRED;
    Collections.reverse(byEnd);
    assertThat(turned(desk, expired, 4)).isEqualTo(byEnd);
    refused(
        Kind.MALFORMED,
        () -> desk.certificates.search(expired.filter(), new Page(3, Optional.of("MWM6Nw"))));
  }

  private static SerialNumber issued(Desk desk, Identity identity, Duration life) {
    return done(desk.certificates.record(
            desk.signed(identity, newKey(), life), applicant(identity, new SystemProof("test"))))
        .certificate()
        .serial();
  }

  private static List<SerialNumber> turned(Desk desk, Wanted wanted, int limit) {
    List<SerialNumber> seen = new ArrayList<>();
    Optional<String> next = Optional.empty();
    do {
      Paged<CertificateRow> page = desk.certificates.search(wanted.filter(), new Page(limit, next));
      page.items().forEach(row -> seen.add(row.serial()));
      next = page.next();
    } while (next.isPresent());
    return seen;
  }

  @OnEveryEngine
  void every_filter_finds_what_it_says(TestDatabase test) {
    Desk desk = Desk.at(test);
    Identity orders = desk.identity("orders");
    Identity billing = desk.identity("billing");
    SerialNumber active = desk.issued(orders);
    SerialNumber held = desk.issued(orders);
    SerialNumber revoked = desk.issued(billing);
    SerialNumber expired = issued(desk, billing, Duration.ofMinutes(1));
    desk.revocations.hold(held, OPERATOR);
    desk.revocations.revoke(revoked, RevocationReason.SUPERSEDED, Optional.empty(), OPERATOR);
    desk.clock.advance(Duration.ofMinutes(2));
    CertificateRow row = desk.certificates.find(active).orElseThrow();
    Instant soon = desk.clock.instant().plus(Duration.ofMinutes(5));

    assertThat(found(desk, f -> f.identity = "orders")).containsExactly(held, active);
    assertThat(found(desk, f -> f.identity = "nobody")).isEmpty();
    assertThat(found(desk, f -> f.san = "BILLING.example")).containsExactly(expired, revoked);
    assertThat(found(desk, f -> f.san = "nothing like a name")).isEmpty();
    assertThat(found(desk, f -> f.serial = held)).containsExactly(held);
    assertThat(found(desk, f -> f.keyHash = row.keyHash().toUpperCase(Locale.ROOT)))
        .containsExactly(active);
    assertThat(found(desk, f -> f.profile = "peer")).hasSize(4);
    assertThat(found(desk, f -> f.profile = "server")).isEmpty();
    assertThat(found(desk, f -> f.issuer = Desk.ISSUER)).hasSize(4);
    assertThat(found(desk, f -> f.issuer = "issuing-2")).isEmpty();
    assertThat(found(desk, f -> f.status = CertificateStatus.ACTIVE)).containsExactly(active);
    assertThat(found(desk, f -> f.status = CertificateStatus.HELD)).containsExactly(held);
    assertThat(found(desk, f -> f.status = CertificateStatus.REVOKED)).containsExactly(revoked);
    assertThat(found(desk, f -> f.status = CertificateStatus.EXPIRED)).containsExactly(expired);
    assertThat(found(desk, f -> f.expiresBefore = soon)).containsExactly(expired);
    assertThat(found(desk, f -> f.expiresAfter = soon)).containsExactly(revoked, held, active);
    assertThat(
            found(
                desk,
                f -> {
                  f.identity = "orders";
                  f.status = CertificateStatus.HELD;
                  f.san = "orders.example";
                  f.expiresAfter = soon;
                }))
        .containsExactly(held);
    assertThat(HexFormat.of().parseHex(row.keyHash())).hasSize(32);
  }

  /** A filter to be filled in. */
  private static final class Wanted {
    private @Nullable String identity;
    private @Nullable String san;
    private @Nullable SerialNumber serial;
    private @Nullable String keyHash;
    private @Nullable String profile;
    private @Nullable String issuer;
    private @Nullable CertificateStatus status;
    private @Nullable Instant expiresBefore;
    private @Nullable Instant expiresAfter;

    CertificateFilter filter() {
      return new CertificateFilter(
          Optional.ofNullable(identity),
          Optional.ofNullable(san),
          Optional.ofNullable(serial),
          Optional.ofNullable(keyHash),
          Optional.ofNullable(profile),
          Optional.ofNullable(issuer),
          Optional.ofNullable(status),
          Optional.ofNullable(expiresBefore),
          Optional.ofNullable(expiresAfter));
    }
  }

  private static List<SerialNumber> found(Desk desk, Consumer<Wanted> set) {
    Wanted wanted = new Wanted();
    set.accept(wanted);
    return desk.certificates.search(wanted.filter(), Page.first(100)).items().stream()
        .map(CertificateRow::serial)
        .toList();
  }

  @OnEveryEngine
  void the_ledger_is_read_in_order_by_what_it_is_about(TestDatabase test) {
    Desk desk = Desk.at(test);
    Identity orders = desk.identity("orders");
    desk.identity("billing");
    SerialNumber serial = desk.issued(orders);
    desk.revocations.hold(serial, OPERATOR);
    desk.revocations.release(serial, OPERATOR);

    EventPage first = desk.ledger.list(EventFilter.all(), EventSpan.after(0), 3);
    EventPage second =
        desk.ledger.list(EventFilter.all(), EventSpan.after(first.next().orElseThrow()), 3);
    List<String> actions = new ArrayList<>();
    first.items().forEach(e -> actions.add(e.event().action()));
    second.items().forEach(e -> actions.add(e.event().action()));
    assertThat(second.next()).isEmpty();
    assertThat(actions)
        .containsExactly(
            "identity.added",
            "identity.added",
            "certificate.issued",
            "certificate.held",
            "certificate.released");
    EventPage newest = desk.ledger.list(EventFilter.all(), EventSpan.before(Long.MAX_VALUE), 2);
    EventPage back =
        desk.ledger.list(
            EventFilter.all().ofIdentity("orders"),
            EventSpan.before(newest.next().orElseThrow()),
            3);
    List<String> backwards = new ArrayList<>();
    newest.items().forEach(e -> backwards.add(e.event().action()));
    back.items().forEach(e -> backwards.add(e.event().action()));
    assertThat(back.next()).isEmpty();
    assertThat(backwards)
        .containsExactly(
            "certificate.released", "certificate.held", "certificate.issued", "identity.added");
    assertThat(desk.events(EventFilter.all().ofIdentity("billing"))).hasSize(1);
    assertThat(desk.events(EventFilter.all().ofSerial(serial.toString()))).hasSize(3);
    assertThat(desk.events(EventFilter.all().ofAction("certificate.held").ofIdentity("orders")))
        .singleElement()
        .satisfies(e -> assertThat(e.event().actor()).isEqualTo(OPERATOR.actor()));
    assertThat(desk.events(EventFilter.all().ofAction("certificate.held").ofIdentity("billing")))
        .isEmpty();
  }
}
