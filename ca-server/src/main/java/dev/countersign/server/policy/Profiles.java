package dev.countersign.server.policy;

import dev.countersign.pki.NameKind;
import dev.countersign.server.refusal.Refusal;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The profiles in use.
 *
 * <p>Built in: {@code server}, {@code client}, {@code peer} (both) live 7 days, at most 90, and are
 * renewed until 7 days after their end, so that a service that was off for a week comes back by
 * itself. {@code operator} lives 90 days, at most a year, without grace: a person's credential that
 * has lapsed is given anew by another person. {@code ocsp} is the authority's own.
 */
public final class Profiles {
  private static final List<String> SERVICE_KEYS =
      List.of("P-256", "P-384", "P-521", "RSA-2048", "RSA-3072", "RSA-4096", "Ed25519");
  // X509-SVID 2: beside its SPIFFE ID a certificate has no URI
  private static final List<NameKind> BESIDE_SPIFFE_ID =
      List.of(NameKind.DNS, NameKind.IP, NameKind.EMAIL);
  private static final double TWO_THIRDS =
      2.0 / 3; // leaves a third of the life to notice a failing renewal

  private static final Profiles DEFAULTS =
      new Profiles(
          List.of(
              service("server", List.of("serverAuth")),
              service("client", List.of("clientAuth")),
              service("peer", List.of("serverAuth", "clientAuth")),
              new Profile(
                  Profile.OPERATOR,
                  List.of("digitalSignature"),
                  List.of("clientAuth"),
                  SERVICE_KEYS,
                  Duration.ofDays(90),
                  Duration.ofDays(365),
                  List.of(NameKind.EMAIL),
                  false,
                  TWO_THIRDS,
                  Duration.ZERO,
                  List.of()),
              new Profile(
                  Profile.OCSP,
                  List.of("digitalSignature"),
                  List.of("OCSPSigning"),
                  List.of("P-256", "P-384", "RSA-2048", "Ed25519"),
                  Duration.ofDays(
                      7), // not checked for revocation by anyone (RFC 6960 4.2.2.2.1): short
                  Duration.ofDays(7),
                  List.of(),
                  false,
                  TWO_THIRDS,
                  Duration.ZERO,
                  List.of())));

  private final Map<String, Profile> byName = new TreeMap<>();

  public Profiles(Collection<Profile> profiles) {
    profiles.forEach(profile -> byName.put(profile.name(), profile));
  }

  private static Profile service(String name, List<String> purposes) {
    return new Profile(
        name,
        List.of("digitalSignature"),
        purposes,
        SERVICE_KEYS,
        Duration.ofDays(7),
        Duration.ofDays(90),
        BESIDE_SPIFFE_ID,
        true,
        TWO_THIRDS,
        Duration.ofDays(7),
        List.of());
  }

  public static Profiles defaults() {
    return DEFAULTS;
  }

  /**
   * What a configured profile of this name starts from: the built-in one, or {@code peer} for a new
   * name.
   */
  public static Profile base(String name) {
    return DEFAULTS.find(name).orElseGet(() -> service(name, List.of("serverAuth", "clientAuth")));
  }

  /** These, with others in place of those of the same name or added. */
  public Profiles with(Collection<Profile> others) {
    Map<String, Profile> all = new TreeMap<>(byName);
    others.forEach(profile -> all.put(profile.name(), profile));
    return new Profiles(all.values());
  }

  public Optional<Profile> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /**
   * The profile that was asked for.
   *
   * @throws Refusal {@code NOT_ALLOWED}, naming the profiles that there are
   */
  public Profile require(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new Refusal(
                    Refusal.Kind.NOT_ALLOWED,
                    "There is no profile"
                        + (name.matches("[a-z0-9._-]{1,64}") ? " " + name : " of that name")
                        + ": choose from "
                        + String.join(", ", byName.keySet())
                        + "."));
  }

  /** By name. */
  public List<Profile> all() {
    return List.copyOf(byName.values());
  }
}
