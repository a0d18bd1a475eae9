package dev.countersign.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/** All that a command takes from the machine it runs on. */
record Surroundings(
    Map<String, String> environment,
    Streams streams,
    InstantSource clock,
    SecureRandom random,
    Path home,
    boolean superuser) {

  /** The standard streams, and which of them are a terminal. */
  record Streams(
      InputStream in,
      PrintStream out,
      PrintStream err,
      boolean inIsTerminal,
      boolean outIsTerminal,
      boolean errIsTerminal) {}

  Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
  }

  /** Where the operator commands look for their credential. */
  Path operatorFolder() {
    return variable("COUNTERSIGN_HOME")
        .map(Path::of)
        .orElseGet(() -> xdg("XDG_CONFIG_HOME", ".config").resolve("countersign"));
  }

  /** Where a service's credential goes unless told otherwise. */
  Path serviceFolder() {
    return superuser
        ? Path.of("/var/lib/countersign")
        : xdg("XDG_DATA_HOME", ".local/share").resolve("countersign");
  }

  /** XDG Base Directory Specification: a relative path in the variable is to be ignored. */
  private Path xdg(String name, String usual) {
    return variable(name)
        .map(Path::of)
        .filter(Path::isAbsolute)
        .orElseGet(() -> home.resolve(usual));
  }
}
