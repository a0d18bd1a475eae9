package dev.countersign.server;

import dev.countersign.db.Database;
import dev.countersign.server.config.Config;
import dev.countersign.server.config.ConfigFile;
import dev.countersign.server.ledger.Actor;
import dev.countersign.server.ledger.Ledger;
import dev.countersign.server.ledger.LedgerEvent;
import dev.countersign.server.revocation.DenialNumbers;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code countersignd accept-older-database}. */
@Command(
    name = "accept-older-database",
    mixinStandardHelpOptions = true,
    description = {
      "Takes the embedded database as it is, when serve says that it is older than what was"
          + " confirmed and there is no newer backup.",
      "What was revoked, used up or issued since is forgotten: revoke it again. The ledger keeps"
          + " that it was done here."
    })
final class AcceptOlderDatabaseCommand implements Callable<Integer> {
  private static final String UNKNOWN = "unknown";

  @Spec private @Nullable CommandSpec spec;

  @Mixin private final HomeOption home = new HomeOption();

  @Option(
      names = "--i-understand-that-revocations-may-be-lost",
      required = true,
      description = "What was revoked lately may be valid again.")
  private boolean understood;

  @Override
  @SuppressWarnings("try") // the lock is held, not used
  public Integer call() throws IOException {
    Home folder = home.home();
    Ground ground = Wiring.ground();
    try (HomeLock lock = HomeLock.ofAuthority(folder)) {
      Config config = ConfigFile.read(folder.config());
      Optional<Database.Loss> lost =
          Database.acceptOlder(
              Server.database(folder, config),
              ground.fatal(),
              (database, loss) -> record(database, event(loss, ground)));
      tell(
          lost.map(
                  loss ->
                      "Accepted at write "
                          + loss.found()
                          + " of "
                          + number(loss.confirmed())
                          + ". Revoke again what was revoked since the newest event that countersign"
                          + " event list shows.")
              .orElse("The database is not older than what was confirmed; nothing was changed."));
    }
    return ExitCodes.DONE;
  }

  private static void record(Database database, LedgerEvent event) {
    Ledger ledger = new Ledger(database);
    database.writeAndWait(
        handle -> {
          DenialNumbers.renew(handle, event.at());
          ledger.append(handle, event);
          return event;
        });
  }

  private static LedgerEvent event(Database.Loss loss, Ground ground) {
    return LedgerEvent.of(
            ground.clock().instant().truncatedTo(ChronoUnit.MILLIS),
            Actor.system("countersignd accept-older-database"),
            "database.accepted-older")
        .with(Map.of("found", Long.toString(loss.found()), "confirmed", number(loss.confirmed())));
  }

  private static String number(OptionalLong number) {
    return number.isPresent() ? Long.toString(number.getAsLong()) : UNKNOWN;
  }

  private void tell(String text) {
    if (spec != null) {
      spec.commandLine().getErr().println(text);
      spec.commandLine().getErr().flush();
    }
  }
}
