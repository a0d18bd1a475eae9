package dev.countersign.server.state;

import static dev.countersign.server.state.Desk.applicant;
import static dev.countersign.server.state.Desk.done;
import static dev.countersign.server.state.Desk.newKey;
import static dev.countersign.server.state.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.db.Dialect;
import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.db.testing.TestDatabase;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.issuance.Proof;
import dev.countersign.server.issuance.RecordedCertificate;
import dev.countersign.server.issuance.SystemProof;
import dev.countersign.server.refusal.Refusal.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jdbi.v3.core.Handle;

/** A node that was not stopped when the root revoked the issuing CA that it knows. */
class RevokedIssuerTest {
  @OnEveryEngine
  void nothing_is_recorded_of_it_any_more(TestDatabase test) {
    Desk desk = Desk.at(test);
    Identity orders = desk.identity("orders");
    SerialNumber before = desk.issued(orders);
    desk.database.writeAndWait(
        handle -> {
          desk.revokeIssuer(handle);
          return 0;
        });
    List<String> actions = desk.actions();

    assertThat(refused(Kind.UNAVAILABLE, () -> desk.issued(orders)))
        .contains(
            Desk.ISSUER + ", under which this server certifies, is revoked", "start it again");
    refused(Kind.UNAVAILABLE, () -> desk.renewed(orders, before));

    assertThat(desk.actions()).isEqualTo(actions);
  }

  @OnEveryEngine
  void what_waits_while_it_is_revoked_is_not_recorded(TestDatabase test) {
    if (test.dialect() == Dialect.H2) {
      return; // has one node
    }
    Desk desk = Desk.at(test);
    Desk other = desk.anotherNode(test);
    Identity orders = desk.identity("orders");
    List<CompletableFuture<RecordedCertificate>> asked = new ArrayList<>();

    other.database.writeAndWait(
        handle -> {
          other.revokeIssuer(handle);
          asked.add(desk.record(applicant(orders, new SystemProof("test")), newKey()));
          Desk.untilOneWaits(other.database, asked.get(0)::isDone);
          return 0;
        });

    refused(Kind.UNAVAILABLE, () -> done(asked.get(0)));
  }

  @OnEveryEngine
  void it_is_revoked_only_when_what_is_being_recorded_is_on_record(TestDatabase test) {
    if (test.dialect() == Dialect.H2) {
      return;
    }
    Desk desk = Desk.at(test);
    Desk other = desk.anotherNode(test);
    Identity orders = desk.identity("orders");
    List<CompletableFuture<Integer>> revoking = new ArrayList<>();
    Proof whileRevoking =
        new Proof() {
          @Override
          public String kind() {
            return "system";
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
          public void consume(Handle recording, Set<Object> held) {
            revoking.add(
                other.database.write(
                    handle -> {
                      other.revokeIssuer(handle);
                      return 0;
                    }));
            Desk.untilOneWaits(other.database, revoking.get(0)::isDone);
            assertThat(revoking.get(0)).isNotDone();
          }
        };

    done(desk.record(applicant(orders, whileRevoking), newKey()));

    assertThat(done(revoking.get(0))).isZero();
    refused(Kind.UNAVAILABLE, () -> desk.issued(orders));
  }
}
