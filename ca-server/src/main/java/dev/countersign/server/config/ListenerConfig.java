package dev.countersign.server.config;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where one listener is bound and, when that differs, how others reach it.
 *
 * @param bind IP address or host name; {@code 0.0.0.0} for all of this machine
 * @param port 0 for any free one
 * @param url base URL that is written into certificates and enrolment strings when it is not the
 *     first host name and the bound port, for example behind a load balancer
 */
public record ListenerConfig(String bind, int port, @Nullable String url) {
  // RFC 6761 6.3: localhost and what ends in it; RFC 1122 3.2.1.3: 127/8; RFC 4291 2.5.3: ::1
  private static final Pattern LOOPBACK =
      Pattern.compile(
          "(.+\\.)?localhost|127(\\.[0-9]{1,3}){3}|::0{0,3}1|(0{1,4}:){7}0{0,3}1",
          Pattern.CASE_INSENSITIVE);
  // RFC 1122 3.2.1.3: 0.0.0.0; RFC 4291 2.5.2: ::
  private static final Pattern ANY = Pattern.compile("0(\\.0){3}|::|(0{1,4}:){7}0{1,4}");
  private static final Pattern ADDRESS =
      Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*");
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.-]{1,253}|[0-9A-Fa-f:.]{2,45}");

  public ListenerConfig {
    Members.required(bind, "bind");
    Members.check(
        HOST.matcher(bind).matches(),
        "bind: '" + bind + "' is neither an IP address nor a host name");
    Members.check(port >= 0 && port <= 65535, "port must be 0 to 65535");
    Members.check(
        url == null || (url.startsWith("http") && !url.endsWith("/")),
        "url must be a base URL without a slash at its end, such as http://ca.example.internal");
  }

  /** Whether this name or address is of this machine alone. */
  static boolean isLoopback(String host) {
    return LOOPBACK.matcher(host).matches();
  }

  /** Whether this machine alone reaches it. */
  public boolean onLoopback() {
    return isLoopback(bind);
  }

  /** Whether it is reached at each address of this machine. */
  public boolean onAll() {
    return ANY.matcher(bind).matches();
  }

  /** Whether both want the same port of the same address; of a name nobody knows which that is. */
  boolean collidesWith(ListenerConfig other) {
    if (port == 0 || port != other.port) {
      return false;
    }
    boolean apart =
        isAddress(bind)
            && isAddress(other.bind)
            && !onAll()
            && !other.onAll()
            && !bind.equalsIgnoreCase(other.bind);
    return !apart;
  }

  private static boolean isAddress(String host) {
    return ADDRESS.matcher(host).matches();
  }

  public ListenerConfig withBind(String other) {
    return new ListenerConfig(other, port, url);
  }

  public ListenerConfig withPort(int other) {
    return new ListenerConfig(bind, other, url);
  }
}
