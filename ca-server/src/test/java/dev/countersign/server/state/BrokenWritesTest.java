package dev.countersign.server.state;

import static dev.countersign.server.state.Desk.OPERATOR;
import static dev.countersign.server.state.Desk.applicant;
import static dev.countersign.server.state.Desk.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.countersign.db.DatabaseUnavailableException;
import dev.countersign.db.Dialect;
import dev.countersign.db.Faults.Fault;
import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.db.testing.TestDatabase;
import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.enrollment.CreatedEnrollment;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.identity.IdentityChange;
import dev.countersign.server.refusal.Refusal;
import java.security.PublicKey;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Each write is broken twice: lost (nothing happened, the caller is told no or nothing), and
 * unacknowledged (all of it happened, the caller is told no or nothing). Asking again must then
 * come to one and the same end.
 */
class BrokenWritesTest {

  /** What is written, on a desk with what {@link #prepared} made. */
  private record Prepared(
      Identity orders,
      CreatedEnrollment enrollment,
      PublicKey key,
      SerialNumber live,
      SerialNumber held) {}

  @SuppressWarnings("ImmutableEnumChecker") // the acts are lambdas that hold nothing
  private enum Write {
    ADD_IDENTITY((desk, p) -> desk.identity("new"), 2),
    UPDATE_IDENTITY(
        (desk, p) ->
            desk.identities.update(
                "orders",
                new IdentityChange(
                    Optional.of("server"), Optional.empty(), Optional.empty(), Optional.empty()),
                OPERATOR),
        1),
    RESTORE_IDENTITY((desk, p) -> desk.identities.restore("gone", OPERATOR), 1),
    CREATE_ENROLLMENT((desk, p) -> desk.enrollment("orders"), 2),
    CANCEL_ENROLLMENT(
        (desk, p) -> desk.enrollments.cancel(p.enrollment().enrollment().id(), OPERATOR), 1),
    RECORD(
        (desk, p) ->
            done(desk.record(applicant(p.orders(), desk.proofOf(p.enrollment())), p.key())),
        1),
    REVOKE(
        (desk, p) ->
            desk.revocations.revoke(
                p.live(), RevocationReason.KEY_COMPROMISE, Optional.empty(), OPERATOR),
        1),
    HOLD((desk, p) -> desk.revocations.hold(p.live(), OPERATOR), 1),
    RELEASE((desk, p) -> desk.revocations.release(p.held(), OPERATOR), 1),
    REVOKE_IDENTITY(
        (desk, p) ->
            desk.revocations.revokeIdentity(
                "orders", RevocationReason.KEY_COMPROMISE, Optional.empty(), OPERATOR),
        5);

    private final Act act;
    private final int mostEvents;

    /**
     * @param mostEvents of one act, or of two where asking again is a new act
     */
    Write(Act act, int mostEvents) {
      this.act = act;
      this.mostEvents = mostEvents;
    }
  }

  private interface Act {
    void on(Desk desk, Prepared prepared);
  }

  private static Prepared prepared(Desk desk) {
    Identity orders = desk.identity("orders");
    desk.identity("gone");
    desk.revocations.revokeIdentity(
        "gone", RevocationReason.UNSPECIFIED, Optional.empty(), OPERATOR);
    SerialNumber live = desk.issued(orders);
    SerialNumber held = desk.issued(orders);
    desk.revocations.hold(held, OPERATOR);
    return new Prepared(orders, desk.enrollment("orders"), Desk.newKey(), live, held);
  }

  @OnEveryEngine
  void a_lost_write_left_nothing_and_can_be_asked_for_again(TestDatabase test) {
    each(
        test,
        (database, write, desk) -> {
          Prepared prepared = prepared(desk);
          Map<String, List<String>> before = tables(desk);
          Desk after = broken(database, desk, Fault.LOST, write, prepared);

          assertThat(tables(after)).as("%s", write).isEqualTo(before);
          write.act.on(after, prepared);
          assertThat(tables(after)).as("%s", write).isNotEqualTo(before);
        });
  }

  @OnEveryEngine
  void an_unacknowledged_write_is_whole_and_asking_again_adds_nothing(TestDatabase test) {
    each(
        test,
        (database, write, desk) -> {
          Prepared prepared = prepared(desk);
          Map<String, List<String>> before = tables(desk);
          Desk after = broken(database, desk, Fault.UNACKNOWLEDGED, write, prepared);

          Map<String, List<String>> written = tables(after);
          assertThat(written).as("%s", write).isNotEqualTo(before);
          List<String> events = new ArrayList<>(written.get("event"));
          events.removeAll(before.get("event"));
          assertThat(events).as("%s", write).isNotEmpty();
          Throwable again = catchThrowable(() -> write.act.on(after, prepared));
          if (write == Write.ADD_IDENTITY) {
            assertThat(((Refusal) again).kind()).isEqualTo(Refusal.Kind.ALREADY_EXISTS);
          } else {
            assertThat(again).as("%s", write).isNull();
          }
          if (write != Write.CREATE_ENROLLMENT) { // its string was lost: another one is needed
            assertThat(tables(after)).as("%s", write).isEqualTo(written);
          }
          assertThat(events.size()).as("%s", write).isLessThanOrEqualTo(write.mostEvents);
        });
  }

  private interface Round {
    void run(TestDatabase database, Write write, Desk desk);
  }

  private static void each(TestDatabase test, Round round) {
    for (Write write : Write.values()) {
      try (TestDatabase fresh = test.another()) {
        round.run(fresh, write, Desk.at(fresh));
      }
    }
  }

  /** PostgreSQL: the caller is told. H2: nobody is told, the process halts and starts again. */
  private static Desk broken(
      TestDatabase test, Desk desk, Fault fault, Write write, Prepared prepared) {
    test.faults().next(fault);
    if (test.dialect() == Dialect.POSTGRESQL) {
      assertThat(catchThrowable(() -> write.act.on(desk, prepared)))
          .as("%s", write)
          .isInstanceOf(DatabaseUnavailableException.class);
      return desk;
    }
    AtomicBoolean answered = new AtomicBoolean();
    Thread caller =
        new Thread(
            () -> {
              write.act.on(desk, prepared);
              answered.set(true);
            });
    caller.setDaemon(true); // waits for an answer that never comes
    caller.start();
    try {
      assertThat(test.halts().poll(30, TimeUnit.SECONDS)).as("%s", write).isNotNull();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    Desk reopened = desk.reopened(test);
    assertThat(answered).as("%s", write).isFalse();
    return reopened;
  }

  private static Map<String, List<String>> tables(Desk desk) {
    Map<String, List<String>> tables = new TreeMap<>();
    for (String table :
        List.of(
            "identity",
            "identity_name",
            "enrollment",
            "certificate",
            "denial",
            "event",
            "guard where name = 'revocation'")) { // the other one counts commits, also empty ones
      tables.put(
          table,
          desk.database.read(
              handle ->
                  handle
                      .createQuery("select * from " + table)
                      .map((row, context) -> text(row))
                      .list()
                      .stream()
                      .sorted()
                      .toList()));
    }
    return tables;
  }

  private static String text(ResultSet row) throws SQLException {
    StringBuilder text = new StringBuilder();
    for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
      Object value = row.getObject(i);
      text.append(value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : value)
          .append('|');
    }
    return text.toString();
  }
}
