package dev.countersign.server.access;

import dev.countersign.pki.FlattenedJws;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What binds a signed request to one call of one server at about one time: {@code url} and {@code
 * iat} in its protected header. To be asked after the signature has been checked, so that only who
 * has the key learns anything.
 */
public final class SignedRequests {
  private static final Duration TOLERANCE = Duration.ofMinutes(5);

  private final Set<String> hosts;
  private final InstantSource clock;

  /**
   * @param hosts names and addresses of this server; the port does not matter, because it may be
   *     reached through another one
   */
  public SignedRequests(Collection<String> hosts, InstantSource clock) {
    this.hosts = hosts.stream().map(SignedRequests::canonical).collect(Collectors.toSet());
    this.clock = clock;
  }

  /**
   * Checks {@code url} and {@code iat}.
   *
   * @param path of this call, exactly
   * @throws Refusal when it was signed for another call, or not about now
   */
  public void check(FlattenedJws jws, String path) {
    String url = jws.headerText("url");
    if (!isOurs(url, path)) {
      throw new Refusal(
          Kind.UNAUTHENTICATED,
          "The request is signed for another address: its url must be https, one of this server's"
              + " names, and "
              + path
              + ".");
    }
    Instant issuedAt;
    try {
      issuedAt = Instant.ofEpochSecond(jws.headerNumber("iat"));
    } catch (java.time.DateTimeException e) {
      throw new Refusal(Kind.MALFORMED, "iat is not a time in seconds since 1970.");
    }
    if (Duration.between(issuedAt, clock.instant()).abs().compareTo(TOLERANCE) > 0) {
      throw new Refusal(
          Kind.CLOCK_SKEW,
          "The request was signed more than 5 minutes from this server's time: set the clock, or"
              + " sign again with serverTime.");
    }
  }

  private boolean isOurs(String url, String path) {
    try {
      URI uri = URI.create(url);
      return "https".equalsIgnoreCase(uri.getScheme())
          && uri.getRawUserInfo() == null
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null
          && path.equals(uri.getRawPath())
          && hosts.contains(canonical(uri.getHost()));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static String canonical(@Nullable String host) {
    if (host == null) {
      return "";
    }
    String bare =
        host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    return bare.toLowerCase(Locale.ROOT);
  }
}
