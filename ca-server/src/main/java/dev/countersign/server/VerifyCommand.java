package dev.countersign.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.countersign.cli.StandardStreams;
import dev.countersign.db.DatabaseException;
import dev.countersign.db.DatabaseSettings;
import dev.countersign.db.InspectedDatabase;
import dev.countersign.db.sealed.BlockCheck;
import dev.countersign.pki.Json;
import dev.countersign.server.config.Config;
import dev.countersign.server.config.ConfigFile;
import dev.countersign.server.verification.Verification;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code countersignd verify}. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = {
      "Reads the whole database and tells what is damaged: every block of the embedded one against"
          + " its checksum, then every certificate with its signature, names, key and events, every"
          + " denial, and the ledger. Nothing is changed.",
      "The embedded database must not be served meanwhile; PostgreSQL may be. Exit code 8 if"
          + " anything is not as it was written."
    })
final class VerifyCommand implements Callable<Integer> {
  private static final String BLOCKS = "block";

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      required = true,
      description = "The folder of the authority.")
  private @Nullable Path dir;

  @Option(names = "--json", description = "The result as one JSON document.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    if (spec == null || dir == null) {
      throw new IllegalStateException("not run by picocli");
    }
    Home home = new Home(dir.toAbsolutePath().normalize());
    home.mustHoldAuthority();
    Config config = ConfigFile.read(home.config());
    Ground ground = Wiring.ground();
    VerifyReport report;
    try (Opened opened = new Opened()) {
      if (config.database() == null) {
        opened.add(HomeLock.ofAuthority(home));
      }
      VerifyProgress progress =
          opened.add(
              new VerifyProgress(
                  spec.commandLine().getErr(),
                  StandardStreams.isTerminal(StandardStreams.ERR),
                  ground.clock()));
      report = verify(Server.database(home, config), opened, progress);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? text(report) : report.forPeople());
    out.flush();
    return report.whole() ? ExitCodes.DONE : ExitCodes.DAMAGED;
  }

  private static VerifyReport verify(
      DatabaseSettings settings, Opened opened, VerifyProgress progress) {
    InspectedDatabase database;
    try {
      database = opened.add(InspectedDatabase.open(settings));
    } catch (DatabaseException.Corrupt e) {
      return VerifyReport.unreadable(
          String.valueOf(e.getMessage()),
          InspectedDatabase.readAllBlocks(settings, read -> progress.at(BLOCKS, read, 0)));
    }
    Optional<BlockCheck.Report> blocks = database.readBlocks(read -> progress.at(BLOCKS, read, 0));
    if (blocks.filter(report -> report.damaged() > 0).isPresent()) {
      return VerifyReport.damaged(blocks.get());
    }
    return VerifyReport.read(
        blocks,
        database.hasPageChecksums(),
        database.read(handle -> Verification.of(handle, progress::at)));
  }

  private static String text(VerifyReport report) {
    try {
      return Json.MAPPER.writeValueAsString(report.json());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps of strings and numbers are always JSON", e);
    }
  }
}
