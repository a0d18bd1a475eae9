package dev.countersign.server;

import dev.countersign.server.config.Config;
import dev.countersign.server.config.ListenersConfig;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the command line says about serving.
 *
 * @param ports in place of those of the configuration; 0 for any free one
 */
record ServeOrder(Home home, Optional<Path> passphraseFile, Ports ports) {

  /** Ports given as options. */
  record Ports(Optional<Integer> https, Optional<Integer> http, Optional<Integer> management) {
    static Ports configured() {
      return new Ports(Optional.empty(), Optional.empty(), Optional.empty());
    }

    static Ports free() {
      return new Ports(Optional.of(0), Optional.of(0), Optional.of(0));
    }

    Config applyTo(Config config) {
      ListenersConfig as = config.listeners();
      return config.withListeners(
          new ListenersConfig(
              https.map(as.https()::withPort).orElse(as.https()),
              http.map(as.http()::withPort).orElse(as.http()),
              management.map(as.management()::withPort).orElse(as.management())));
    }
  }
}
