package dev.countersign.server;

import dev.countersign.db.Database;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.ledger.Actor;
import dev.countersign.server.ledger.Ledger;
import dev.countersign.server.ledger.LedgerEvent;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/**
 * Nothing is started by a clock that is told to be wrong, unless an operator says that it is not.
 */
final class StartClock {
  private StartClock() {}

  static void check(Database database, Authority issuing, SteadyClock clock, boolean isRight) {
    Instant now = clock.instant();
    Timeliness.outside(issuing, now)
        .ifPresent(complaint -> refuse(complaint + ", then start again"));
    Timeliness.doubt(database, issuing, now)
        .ifPresent(
            doubt -> {
              if (!isRight) {
                refuse(
                    doubt
                        + ", then start again; if this machine's is right, start with"
                        + " --the-clock-is-right");
              }
              record(database, now, doubt);
            });
  }

  private static void refuse(String complaint) {
    throw new StartFailure(ExitCodes.LOCAL_FILES, "Not started: " + complaint + ".");
  }

  /** From then on it is the newest record. */
  private static void record(Database database, Instant now, String doubt) {
    Ledger ledger = new Ledger(database);
    LedgerEvent event =
        LedgerEvent.of(
                now.truncatedTo(ChronoUnit.MILLIS),
                Actor.system("countersignd serve"),
                "clock.accepted")
            .with(Map.of("doubt", doubt));
    database.writeAndWait(
        handle -> {
          ledger.append(handle, event);
          return event;
        });
  }
}
