package dev.countersign.server.state;

import static dev.countersign.server.state.Desk.ISSUER;
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
import dev.countersign.server.issuance.Denial;
import dev.countersign.server.issuance.SystemProof;
import dev.countersign.server.ledger.EventFilter;
import dev.countersign.server.refusal.Refusal.Kind;
import dev.countersign.server.revocation.Change;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the revocation of an identity whose keys are known to others says of all its keys. */
class StolenIdentityTest {

  /** The keys of one identity: in use, ended, and revoked for a lesser reason before. */
  private static final class Keys {
    final PublicKey live = newKey();
    final PublicKey ended = newKey();
    final PublicKey replaced = newKey();
    final PublicKey replacedAndEnded = newKey();
    final SerialNumber replacedSerial;
    final SerialNumber endedSerial;
    final Instant replacedAt;

    Keys(Desk desk, Identity identity) {
      desk.issued(identity, live);
      endedSerial = shortLived(desk, identity, ended);
      replacedSerial = desk.issued(identity, replaced);
      replacedAt = revoke(desk, replacedSerial);
      revoke(desk, shortLived(desk, identity, replacedAndEnded));
      desk.clock.advance(Duration.ofMinutes(2));
    }

    List<PublicKey> all() {
      return List.of(live, ended, replaced, replacedAndEnded);
    }

    private static Instant revoke(Desk desk, SerialNumber serial) {
      return desk.revocations
          .revoke(serial, RevocationReason.SUPERSEDED, Optional.empty(), OPERATOR)
          .result()
          .revokedAt();
    }

    private static SerialNumber shortLived(Desk desk, Identity identity, PublicKey key) {
      return done(desk.certificates.record(
              desk.signed(identity, key, Duration.ofMinutes(1)),
              applicant(identity, new SystemProof("test"))))
          .certificate()
          .serial();
    }
  }

  @OnEveryEngine
  void none_of_its_keys_is_certified_again(TestDatabase test) {
    Desk desk = Desk.at(test);
    Keys keys = new Keys(desk, desk.identity("orders"));
    Identity billing = desk.identity("billing");
    PublicKey others = newKey();
    desk.issued(billing, others);

    revoke(desk, RevocationReason.KEY_COMPROMISE);
    allAreDenied(desk, keys);
    desk.issued(billing, others);
  }

  @OnEveryEngine
  void none_of_its_keys_is_certified_again_when_that_becomes_known_later(TestDatabase test) {
    Desk desk = Desk.at(test);
    Keys keys = new Keys(desk, desk.identity("orders"));

    revoke(desk, RevocationReason.PRIVILEGE_WITHDRAWN);
    revoke(desk, RevocationReason.KEY_COMPROMISE);
    allAreDenied(desk, keys);
  }

  @OnEveryEngine
  void for_any_other_reason_it_may_keep_its_keys(TestDatabase test) {
    Desk desk = Desk.at(test);
    Keys keys = new Keys(desk, desk.identity("orders"));

    revoke(desk, RevocationReason.PRIVILEGE_WITHDRAWN);
    Identity restored = restored(desk);
    keys.all().forEach(key -> desk.issued(restored, key));
  }

  @OnEveryEngine
  void what_was_revoked_before_gets_the_reason_and_keeps_its_date(TestDatabase test) {
    Desk desk = Desk.at(test);
    Keys keys = new Keys(desk, desk.identity("orders"));
    long before = desk.revoked.lastNumber(ISSUER);

    revoke(desk, RevocationReason.KEY_COMPROMISE);

    Denial denial = new Denial(keys.replacedAt, RevocationReason.KEY_COMPROMISE, Optional.empty());
    assertThat(desk.statuses.of(ISSUER, keys.replacedSerial).orElseThrow().denial())
        .contains(denial);
    List<Change> changes = new ArrayList<>();
    desk.revoked.follow(ISSUER, before, Long.MAX_VALUE, changes::add);
    assertThat(changes).hasSize(2);
    assertThat(changes)
        .filteredOn(change -> change.serial().equals(keys.replacedSerial))
        .extracting(Change::denial)
        .containsExactly(Optional.of(denial));
    assertThat(desk.events(EventFilter.all().ofSerial(keys.replacedSerial.toString())))
        .last()
        .satisfies(
            event -> {
              assertThat(event.event().action()).isEqualTo("certificate.revoked");
              assertThat(event.event().details())
                  .containsEntry("reason", "keyCompromise")
                  .containsEntry("because", "orders");
            });
    assertThat(desk.statuses.of(ISSUER, keys.endedSerial).orElseThrow().denial())
        .as("ended by itself, and its key is denied")
        .isEmpty();
  }

  @OnEveryEngine
  void what_was_revoked_before_gets_the_reason_when_that_becomes_known_later(TestDatabase test) {
    Desk desk = Desk.at(test);
    Keys keys = new Keys(desk, desk.identity("orders"));

    revoke(desk, RevocationReason.PRIVILEGE_WITHDRAWN);
    revoke(desk, RevocationReason.KEY_COMPROMISE);

    assertThat(desk.statuses.of(ISSUER, keys.replacedSerial).orElseThrow().denial())
        .contains(new Denial(keys.replacedAt, RevocationReason.KEY_COMPROMISE, Optional.empty()));
    assertThat(
            desk.revocations
                .revokeIdentity(
                    "orders", RevocationReason.KEY_COMPROMISE, Optional.empty(), OPERATOR)
                .changed())
        .as("once more")
        .isFalse();
  }

  private static void allAreDenied(Desk desk, Keys keys) {
    Identity restored = restored(desk);
    keys.all().forEach(key -> refused(Kind.BAD_PUBLIC_KEY, () -> desk.issued(restored, key)));
    desk.issued(restored);
  }

  private static void revoke(Desk desk, RevocationReason reason) {
    desk.clock.advance(Duration.ofSeconds(1));
    assertThat(
            desk.revocations.revokeIdentity("orders", reason, Optional.empty(), OPERATOR).changed())
        .isTrue();
  }

  private static Identity restored(Desk desk) {
    return desk.identities.restore("orders", OPERATOR).result();
  }
}
