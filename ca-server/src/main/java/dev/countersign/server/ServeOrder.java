package dev.countersign.server;

import dev.countersign.server.config.Config;
import dev.countersign.server.config.ListenerConfig;
import dev.countersign.server.config.ListenersConfig;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the command line says about serving.
 *
 * @param listening in place of what the configuration says
 * @param clockIsRight whatever the records or another clock say
 */
record ServeOrder(
    Home home, Optional<Path> passphraseFile, Listening listening, boolean clockIsRight) {

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
      ListenersConfig as = config.listeners();
      return config.withListeners(
          new ListenersConfig(
              changed(as.https(), bind, ports.https()),
              changed(as.http(), bind, ports.http()),
              changed(as.management(), managementBind, ports.management())));
    }

    private static ListenerConfig changed(
        ListenerConfig listener, Optional<String> bind, Optional<Integer> port) {
      ListenerConfig there = bind.map(listener::withBind).orElse(listener);
      return port.map(there::withPort).orElse(there);
    }
  }
}
