package dev.countersign.client.tls;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * Whom we expect at the other end.
 *
 * @param hosts any of which a server must be at; empty if that does not matter
 */
record Meeting(Role peer, Optional<List<String>> hosts) {
  private static final Meeting A_CLIENT = new Meeting(Role.CLIENT, Optional.empty());

  Meeting {
    hosts = hosts.map(List::copyOf);
  }

  static Meeting withClient() {
    return A_CLIENT;
  }

  /**
   * With a server, which is asked for its name unless endpoint identification is switched off by an
   * empty algorithm.
   *
   * @param connectedTo the host, if it is known
   */
  static Meeting withServer(SSLParameters parameters, @Nullable String connectedTo) {
    String algorithm = parameters.getEndpointIdentificationAlgorithm();
    if (algorithm != null && algorithm.isEmpty()) {
      return new Meeting(Role.SERVER, Optional.empty());
    }
    List<String> hosts = new ArrayList<>();
    List<SNIServerName> asked = parameters.getServerNames();
    if (asked != null) {
      for (SNIServerName name : asked) {
        if (name instanceof SNIHostName host) {
          hosts.add(host.getAsciiName());
        }
      }
    }
    if (connectedTo != null && !connectedTo.isEmpty()) {
      String host =
          connectedTo.endsWith(".")
              ? connectedTo.substring(0, connectedTo.length() - 1)
              : connectedTo;
      if (hosts.stream().noneMatch(host::equalsIgnoreCase)) {
        hosts.add(host);
      }
    }
    return new Meeting(Role.SERVER, Optional.of(hosts));
  }

  /** For people: what was connected to. */
  String host() {
    return hosts
        .filter(list -> !list.isEmpty())
        .map(list -> list.get(0).toLowerCase(Locale.ROOT))
        .orElse("unknown host");
  }
}
