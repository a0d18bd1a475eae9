package dev.countersign.server.config;

import org.jspecify.annotations.Nullable;

/**
 * Where one listener is bound and, when that differs, how others reach it.
 *
 * @param bind IP address or host name; {@code 0.0.0.0} for all of IPv4
 * @param port 0 for any free one
 * @param url base URL that is written into certificates and enrolment strings when it is not the
 *     first host name and the bound port, for example behind a load balancer
 */
public record ListenerConfig(String bind, int port, @Nullable String url) {
  public ListenerConfig {
    Members.required(bind, "bind");
    Members.check(port >= 0 && port <= 65535, "port must be 0 to 65535");
    Members.check(
        url == null || (url.startsWith("http") && !url.endsWith("/")),
        "url must be a base URL without a slash at its end, such as http://ca.example.internal");
  }

  public ListenerConfig withPort(int other) {
    return new ListenerConfig(bind, other, url);
  }
}
