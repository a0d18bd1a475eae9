package dev.countersign.server.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code countersign.yaml}. Members that are left out have the value of the default; unknown ones
 * are refused by {@link ConfigFile}.
 *
 * @param name shown in the subjects of the CA certificates
 * @param trustDomain of SPIFFE IDs, which are {@code spiffe://trustDomain/identity}
 * @param hostnames DNS names or IP addresses under which clients reach this server, best first
 * @param database absent for the embedded one in DIR/database
 * @param profiles by name; those left out have their built-in settings
 */
public record Config(
    String name,
    String trustDomain,
    List<String> hostnames,
    ListenersConfig listeners,
    @Nullable DatabaseConfig database,
    Map<String, ProfileConfig> profiles,
    CrlConfig crl,
    LimitsConfig limits,
    RetentionConfig retention) {

  public static final String FILE_NAME = "countersign.yaml";

  // SPIFFE-ID 2.1: the trust domain is lower-case letters, digits, dots, dashes and underscores
  private static final Pattern TRUST_DOMAIN =
      Pattern.compile("[a-z0-9]([a-z0-9._-]{0,253}[a-z0-9])?");
  private static final Pattern HOSTNAME =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:.]{2,45}");

  public Config {
    name = Members.orElse(name, "Countersign");
    Members.check(
        !name.isBlank() && name.length() <= 48 && name.chars().noneMatch(Character::isISOControl),
        "name must be 1 to 48 printable characters");
    trustDomain = Members.required(trustDomain, "trustDomain");
    Members.check(
        TRUST_DOMAIN.matcher(trustDomain).matches(),
        "trustDomain must be a lower-case domain name such as example.internal");
    hostnames = List.copyOf(Members.required(hostnames, "hostnames"));
    Members.check(
        !hostnames.isEmpty() && hostnames.size() <= 20, "hostnames must be 1 to 20 names");
    for (String hostname : hostnames) {
      Members.check(
          HOSTNAME.matcher(hostname).matches(),
          "hostnames: '" + hostname + "' is neither a DNS name nor an IP address");
    }
    listeners = Members.orElse(listeners, ListenersConfig.reachedAs(hostnames));
    profiles = Map.copyOf(Members.orElse(profiles, Map.of()));
    crl = Members.orElse(crl, CrlConfig.DEFAULT);
    limits = Members.orElse(limits, LimitsConfig.DEFAULT);
    retention = Members.orElse(retention, RetentionConfig.DEFAULT);
    mustKeepRenewable(profiles, retention);
  }

  private static void mustKeepRenewable(
      Map<String, ProfileConfig> profiles, RetentionConfig retention) {
    Duration kept = retention.certificates();
    profiles.forEach(
        (name, profile) ->
            Members.check(
                kept == null || profile.grace() == null || kept.compareTo(profile.grace()) >= 0,
                "retention.certificates must be as long as profiles." + name + ".grace or longer"));
  }

  public Config withListeners(ListenersConfig other) {
    return new Config(
        name, trustDomain, hostnames, other, database, profiles, crl, limits, retention);
  }

  public Config withDatabase(DatabaseConfig other) {
    return new Config(
        name, trustDomain, hostnames, listeners, other, profiles, crl, limits, retention);
  }
}
