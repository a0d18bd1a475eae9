package dev.countersign.cli;

import dev.countersign.client.CredentialFolder;
import dev.countersign.client.doctor.Ailment;
import dev.countersign.client.doctor.Diagnosis;
import dev.countersign.client.doctor.Doctor;
import dev.countersign.client.doctor.Party;
import dev.countersign.client.doctor.Side;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Why two sides do not come together, or do and should not. */
@Command(
    name = "doctor",
    description = {
      "Find out what is wrong between a client on this machine and a TLS server.",
      "Says which side refuses which certificate, why, and the command that mends it. Only shakes"
          + " hands,",
      "and changes nothing. Ends with 10 if something is wrong. docs/doctor.md has each check."
    })
final class DoctorCommand extends BaseCommand {
  private static final Pattern ADDRESS =
      Pattern.compile("(?:https://)?(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._-]+):([0-9]{1,5})/?");

  @Parameters(paramLabel = "HOST:PORT", description = "The server.")
  String what = "";

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = {
        "What the client has: a credential folder, or any with files of the same names.",
        "Default: the service's credential folder, if there is one."
      })
  @Nullable Path directory;

  @Option(
      names = "--as-server",
      paramLabel = "DIR",
      description = "What the server has on its disk, if that is on this machine.")
  @Nullable Path asServer;

  @Option(
      names = "--denied",
      paramLabel = "DIR",
      description = "A credential that is revoked: the server must refuse it.")
  @Nullable Path denied;

  @Option(
      names = "--stranger",
      paramLabel = "DIR",
      description = "A good credential of somebody whom the server must not let in.")
  @Nullable Path stranger;

  @Option(
      names = "--await-denial",
      paramLabel = "DURATION",
      converter = Values.DurationConverter.class,
      description =
          "Begin while --denied is still good, wait so long for its revocation, and try its session"
              + " then.")
  @Nullable Duration awaitDenial;

  DoctorCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  ExitCode run(Output output, Progress progress) {
    Matcher address = ADDRESS.matcher(what);
    if (!address.matches()) {
      throw new UsageException("The server is given as HOST:PORT, such as db.example:5432.");
    }
    int port = Integer.parseInt(address.group(2));
    if (port < 1 || port > 65535) {
      throw new UsageException(port + " is not a port.");
    }
    if (awaitDenial != null && denied == null) {
      throw new UsageException("--await-denial needs --denied DIR.");
    }
    String host = address.group(1);
    progress.working("examining " + what);
    Diagnosis diagnosis =
        new Doctor(surroundings().clock(), surroundings().random())
            .examine(
                new Doctor.Patients(
                    host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                    port,
                    client(),
                    side(asServer),
                    side(denied),
                    side(stranger),
                    Optional.ofNullable(awaitDenial)));
    progress.close();
    if (output.isJson()) {
      output.document(commandName(), json(diagnosis));
    } else {
      tell(diagnosis, output);
    }
    if (!diagnosis.reached()) {
      return ExitCode.UNREACHABLE;
    }
    return diagnosis.isIll() ? ExitCode.ILL : ExitCode.DONE;
  }

  private Optional<Side> client() {
    if (directory != null) {
      return side(directory);
    }
    Path usual = surroundings().serviceFolder();
    return CredentialFolder.at(usual).peek().map(info -> Side.read(usual));
  }

  private static Optional<Side> side(@Nullable Path folder) {
    if (folder == null) {
      return Optional.empty();
    }
    if (!Files.isDirectory(folder)) {
      throw new UsageException("There is no folder " + folder + ".");
    }
    return Optional.of(Side.read(folder));
  }

  private static void tell(Diagnosis diagnosis, Output output) {
    output.data(diagnosis.handshake());
    for (Ailment ailment : diagnosis.ailments()) {
      output.data("");
      output.data(
          ailment.severity().label().toUpperCase(Locale.ROOT)
              + " "
              + ailment.check()
              + ": "
              + ailment.sentence());
      output.data("  mend: " + ailment.mend());
    }
    output.data("");
    output.data(
        diagnosis.ailments().size()
            + " found, "
            + diagnosis.passed().size()
            + " checks passed, "
            + diagnosis.blind().size()
            + " could not be made (--json says why).");
  }

  private static Map<String, Object> json(Diagnosis diagnosis) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("address", diagnosis.address());
    document.put("reached", diagnosis.reached());
    document.put("handshake", diagnosis.handshake());
    List<Map<String, Object>> found = new ArrayList<>();
    for (Ailment ailment : diagnosis.ailments()) {
      Map<String, Object> item = new LinkedHashMap<>();
      item.put("check", ailment.check());
      item.put("severity", ailment.severity().label());
      item.put("refusedBy", ailment.refuses().map(Party::word));
      item.put("serial", ailment.certificate().map(c -> c.serial().toString()));
      item.put("message", ailment.sentence());
      item.put("mend", ailment.mend());
      found.add(item);
    }
    document.put("found", found);
    document.put("passed", diagnosis.passed());
    document.put("notChecked", diagnosis.blind());
    return document;
  }
}
