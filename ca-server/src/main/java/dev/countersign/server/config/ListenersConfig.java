package dev.countersign.server.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The three listeners. Management is for loopback, because it answers without asking who; so is
 * what is left out.
 */
public record ListenersConfig(
    ListenerConfig https, ListenerConfig http, ListenerConfig management) {
  private static final String LOOPBACK = "127.0.0.1";
  private static final String LOOPBACK_6 = "::1";
  private static final String ALL = "0.0.0.0";

  public ListenersConfig {
    https = Members.orElse(https, new ListenerConfig(LOOPBACK, 8443, null));
    http = Members.orElse(http, new ListenerConfig(LOOPBACK, 8080, null));
    management = Members.orElse(management, new ListenerConfig(LOOPBACK, 9090, null));
    apart("https", https, "http", http);
    apart("https", https, "management", management);
    apart("http", http, "management", management);
  }

  private static void apart(
      String name, ListenerConfig one, String otherName, ListenerConfig other) {
    Members.check(
        !one.collidesWith(other),
        name
            + " and "
            + otherName
            + " cannot both listen on port "
            + one.port()
            + ": give one of them another, with --"
            + name
            + "-port or --"
            + otherName
            + "-port or in countersign.yaml");
  }

  /**
   * What clients call this machine says where it has to listen: where all the names are of
   * loopback, nobody else can mean it.
   */
  public static ListenersConfig reachedAs(List<String> hostnames) {
    String bind = ALL;
    if (hostnames.stream().allMatch(ListenerConfig::isLoopback)) {
      bind = hostnames.get(0).indexOf(':') >= 0 ? LOOPBACK_6 : LOOPBACK;
    }
    return new ListenersConfig(
        new ListenerConfig(bind, 8443, null),
        new ListenerConfig(bind, 8080, null),
        new ListenerConfig(LOOPBACK, 9090, null));
  }

  /**
   * The same on other addresses; null leaves one as it is.
   *
   * @param services for the https and the http listener
   */
  public ListenersConfig bind(@Nullable String services, @Nullable String operator) {
    return new ListenersConfig(
        services == null ? https : https.withBind(services),
        services == null ? http : http.withBind(services),
        operator == null ? management : management.withBind(operator));
  }
}
