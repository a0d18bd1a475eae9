package dev.countersign.server;

import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.Names;
import dev.countersign.server.authority.PublicationUrls;
import dev.countersign.server.config.Config;
import dev.countersign.server.config.ConfigException;
import dev.countersign.server.config.ListenerConfig;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** Where others reach this server, by its configuration and the ports that are bound. */
record ServerUrls(Config config, int httpsPort, int httpPort) {
  // As many as an enrolment string carries
  private static final int MOST_ENDPOINTS = 8;

  static ServerUrls configured(Config config) {
    return new ServerUrls(
        config, config.listeners().https().port(), config.listeners().http().port());
  }

  List<URI> endpoints() {
    String url = config.listeners().https().url();
    if (url != null) {
      return List.of(URI.create(url));
    }
    return config.hostnames().stream()
        .limit(MOST_ENDPOINTS)
        .map(hostname -> URI.create("https://" + literal(hostname) + ":" + httpsPort))
        .toList();
  }

  PublicationUrls publication() {
    ListenerConfig http = config.listeners().http();
    String url = http.url();
    return new PublicationUrls(
        URI.create(
            url != null ? url : "http://" + literal(config.hostnames().get(0)) + ":" + httpPort));
  }

  /** The names that a signed request may be addressed to. */
  List<String> hosts() {
    List<String> hosts = new ArrayList<>(config.hostnames());
    endpoints().forEach(endpoint -> hosts.add(endpoint.getHost()));
    return hosts;
  }

  /** What the server's own certificate says. */
  Names names() {
    Names.Builder names = Names.builder();
    for (String hostname : config.hostnames()) {
      if (isAddress(hostname)) {
        names.ip(hostname);
      } else {
        names.dns(hostname);
      }
    }
    try {
      return names.build();
    } catch (InvalidRequestException e) {
      throw new ConfigException("hostnames: " + e.detail() + ": correct it.");
    }
  }

  static String literal(String hostname) {
    return hostname.indexOf(':') >= 0 ? "[" + hostname + "]" : hostname;
  }

  private static boolean isAddress(String hostname) {
    return hostname.indexOf(':') >= 0 || hostname.matches("[0-9.]+");
  }
}
