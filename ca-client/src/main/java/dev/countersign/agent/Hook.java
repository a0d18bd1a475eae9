package dev.countersign.agent;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What makes one program notice that a credential has changed, in exactly one of four ways.
 *
 * @param on the parts whose change matters, by their labels
 * @param onChange a command line for {@code /bin/sh}
 * @param signal its name without SIG, for the process in {@code pidFile}
 * @param reloadUnit a unit of systemd
 * @param haproxy the socket of HAProxy's runtime API: a path, or {@code HOST:PORT}
 * @param probe {@code HOST:PORT} or {@code postgres://HOST:PORT}, where the certificate must be
 *     served for the hook to be done
 * @param timeout for all of it
 */
public record Hook(
    String name,
    List<String> on,
    Optional<String> onChange,
    Optional<String> signal,
    Optional<String> pidFile,
    Optional<String> reloadUnit,
    Optional<String> haproxy,
    Optional<String> probe,
    Duration timeout) {
  public static final Duration USUAL_TIMEOUT = Duration.ofSeconds(30);
  public static final List<String> ALL =
      List.of(Part.CERTIFICATE.label(), Part.TRUST.label(), Part.LISTS.label());

  /**
   * HAProxy dies of a certificate that is committed after lists were (its issue 3165; 2.6.12 of
   * Debian 12 does, mended in the last weeks of 2025): that is for who knows the version.
   */
  public static final List<String> WITHOUT_CERTIFICATE =
      List.of(Part.TRUST.label(), Part.LISTS.label());

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final Pattern SIGNAL = Pattern.compile("[A-Z][A-Z0-9]{1,9}");
  private static final Pattern UNIT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9:_.\\\\@-]{0,254}");
  private static final Pattern PROBE =
      Pattern.compile("(?:postgres://)?(?:\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._-]+):[0-9]{1,5}");
  private static final Duration LONGEST = Duration.ofMinutes(10);

  /**
   * Checks all of it.
   *
   * @throws IllegalArgumentException with a sentence that says what to mend
   */
  public Hook {
    on = List.copyOf(on);
    require(NAME.matcher(name).matches(), "A hook's name is of letters, digits, '.', '_' and '-'.");
    require(!on.isEmpty(), "A hook is for a change of certificate, trust or lists.");
    on.forEach(Part::parse);
    long ways =
        List.of(onChange, signal, reloadUnit, haproxy).stream().filter(Optional::isPresent).count();
    require(
        ways == 1,
        "A hook has one of --on-change, --signal, --reload-unit and --haproxy, not two.");
    require(
        signal.isPresent() == pidFile.isPresent(),
        "--signal needs --pid-file, which says which process gets it.");
    require(
        signal.filter(s -> !SIGNAL.matcher(s).matches()).isEmpty(),
        "A signal is given by its name without SIG, such as HUP.");
    require(
        reloadUnit.filter(u -> !UNIT.matcher(u).matches()).isEmpty(),
        "A unit is given by its name, such as nginx.service.");
    require(
        probe.filter(p -> !PROBE.matcher(p).matches() || port(p) > 65_535).isEmpty(),
        "--probe is HOST:PORT or postgres://HOST:PORT.");
    require(
        haproxy.filter(place -> !isHere(place)).isEmpty(),
        "--haproxy is a socket's path, or a port of this machine such as 127.0.0.1:9999: a private"
            + " key goes there as it is.");
    require(
        !timeout.isNegative() && !timeout.isZero() && timeout.compareTo(LONGEST) <= 0,
        "--timeout is more than nothing and at most 10m.");
  }

  private static boolean isHere(String place) {
    int colon = place.lastIndexOf(':');
    return place.startsWith("/")
        || colon < 0
        || List.of("localhost", "127.0.0.1", "::1", "[::1]").contains(place.substring(0, colon));
  }

  private static int port(String place) {
    return Integer.parseInt(place.substring(place.lastIndexOf(':') + 1));
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  List<Part> parts() {
    return on.stream().map(Part::parse).toList();
  }

  /** In a few words. */
  public String shown() {
    return onChange
        .or(() -> signal.map(name -> "SIG" + name + " to the process of " + pidFile.orElse("")))
        .or(() -> reloadUnit.map(unit -> "reload " + unit))
        .or(() -> haproxy.map(socket -> "HAProxy at " + socket))
        .orElse("");
  }
}
