package dev.countersign.server;

import dev.countersign.cli.StandardStreams;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.config.Config;
import dev.countersign.server.config.ListenerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code init} tells: what there is now, and the exact next commands.
 *
 * @param options that each of them needs
 */
record InitReport(Home home, String options, Config config, Initialization.Made made) {

  /**
   * Where the enrolment string goes.
   *
   * @param file when it is redirected to one
   */
  record Destination(boolean terminal, Optional<Path> file) {
    static Destination stdout() {
      return new Destination(
          StandardStreams.isTerminal(StandardStreams.OUT),
          StandardStreams.file(StandardStreams.OUT));
    }
  }

  String whatThereIs() {
    List<String> lines = new ArrayList<>();
    lines.add("An authority was made in " + home.directory() + ":");
    for (Authority authority : made.hierarchy().all()) {
      lines.add(
          "  "
              + authority.name()
              + "  "
              + authority.certificate().subject()
              + ", "
              + authority.keyAlgorithm().label()
              + ", until "
              + authority.certificate().notAfter()
              + ", "
              + authority.certificate().pin());
    }
    lines.add(listening(config.listeners().https()));
    if (made.passphraseMade()) {
      lines.add("Its keys are encrypted under a passphrase that was made for them:");
      lines.add("  " + home.directory().resolve("passphrase"));
      lines.add("Keep a copy of that elsewhere: without it a backup of the keys is worth nothing.");
    }
    lines.add("The root key is needed only for a new issuing CA; take it away with");
    lines.add("  countersignd root export " + options + " --to FILE");
    return String.join("\n", lines);
  }

  private String listening(ListenerConfig https) {
    String names = String.join(", ", config.hostnames());
    if (https.onLoopback()) {
      return "It will listen on "
          + https.bind()
          + ", for this machine alone, as "
          + names
          + " (--bind and --hostname choose otherwise).";
    }
    return "It will listen on "
        + (https.onAll() ? "all interfaces" : https.bind())
        + ", as "
        + names
        + ".";
  }

  String whatIsNext(Destination string) {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add("Next, start it:");
    lines.add("  countersignd serve " + options);
    if (string.terminal()) {
      lines.add(
          "and enrol its first admin, within 24 hours, with the string below, which is shown only"
              + " now:");
      lines.add("  countersign enroll --operator    (asks for it)");
    } else {
      lines.add(
          "and enrol its first admin, within 24 hours, with the string that goes to "
              + string.file().map(Path::toString).orElse("standard output")
              + " and nowhere else:");
      lines.add(
          "  countersign enroll --operator --string-file "
              + string.file().map(Path::toString).orElse("FILE"));
    }
    if (string.file().filter(InitReport::othersMayRead).isPresent()) {
      lines.add(
          "Whoever can read that file can become its admin, and others on this machine can: chmod"
              + " 600 "
              + string.file().get());
    }
    return String.join("\n", lines);
  }

  private static boolean othersMayRead(Path file) {
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
      return permissions.contains(PosixFilePermission.GROUP_READ)
          || permissions.contains(PosixFilePermission.OTHERS_READ);
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }
}
