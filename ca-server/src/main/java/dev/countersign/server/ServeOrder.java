package dev.countersign.server;

import dev.countersign.server.config.Config;
import dev.countersign.server.config.ListenersConfig;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the command line says about serving.
 *
 * @param listening in place of what the configuration says
 */
record ServeOrder(Home home, Optional<Path> passphraseFile, Listening listening) {

  /** Ports given as options; 0 for any free one. */
  record Ports(Optional<Integer> https, Optional<Integer> http, Optional<Integer> management) {}

  /**
   * Ports and addresses given as options.
   *
   * @param bind of https and http
   */
  record Listening(Ports ports, Optional<String> bind, Optional<String> managementBind) {
    static Listening configured() {
      return new Listening(
          new Ports(Optional.empty(), Optional.empty(), Optional.empty()),
          Optional.empty(),
          Optional.empty());
    }

    Config applyTo(Config config) {
      ListenersConfig as = config.listeners().bind(bind.orElse(null), managementBind.orElse(null));
      return config.withListeners(
          new ListenersConfig(
              ports.https().map(as.https()::withPort).orElse(as.https()),
              ports.http().map(as.http()::withPort).orElse(as.http()),
              ports.management().map(as.management()::withPort).orElse(as.management())));
    }
  }
}
