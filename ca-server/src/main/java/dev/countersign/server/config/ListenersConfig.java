package dev.countersign.server.config;

/** The three listeners; management is for loopback, because it answers without asking who. */
public record ListenersConfig(
    ListenerConfig https, ListenerConfig http, ListenerConfig management) {

  public static final ListenersConfig DEFAULT =
      new ListenersConfig(
          new ListenerConfig("0.0.0.0", 8443, null),
          new ListenerConfig("0.0.0.0", 8080, null),
          new ListenerConfig("127.0.0.1", 9090, null));

  public ListenersConfig {
    https = Members.orElse(https, new ListenerConfig("0.0.0.0", 8443, null));
    http = Members.orElse(http, new ListenerConfig("0.0.0.0", 8080, null));
    management = Members.orElse(management, new ListenerConfig("127.0.0.1", 9090, null));
  }
}
