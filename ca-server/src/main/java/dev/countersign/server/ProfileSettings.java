package dev.countersign.server;

import dev.countersign.pki.NameKind;
import dev.countersign.server.config.Config;
import dev.countersign.server.config.ConfigException;
import dev.countersign.server.config.ProfileConfig;
import dev.countersign.server.policy.Profile;
import dev.countersign.server.policy.Profiles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Profiles out of the configuration: what it says, over what is built in. */
final class ProfileSettings {
  private ProfileSettings() {}

  static Profiles of(Config config) {
    List<Profile> configured = new ArrayList<>();
    for (Map.Entry<String, ProfileConfig> entry : config.profiles().entrySet()) {
      try {
        configured.add(profile(entry.getKey(), entry.getValue()));
      } catch (IllegalArgumentException e) {
        throw new ConfigException(
            Config.FILE_NAME + ": profiles." + entry.getKey() + ": " + e.getMessage(), e);
      }
    }
    return Profiles.defaults().with(configured);
  }

  private static Profile profile(String name, ProfileConfig said) {
    Profile base = Profiles.base(name);
    return new Profile(
        name,
        or(said.keyUsage(), base.keyUsage()),
        or(said.extendedKeyUsage(), base.extendedKeyUsage()),
        or(said.keyAlgorithms(), base.keyAlgorithms()),
        or(said.defaultLifetime(), base.defaultLifetime()),
        or(said.maximumLifetime(), base.maximumLifetime()),
        said.nameKinds() == null ? base.nameKinds() : kinds(said.nameKinds()),
        or(said.spiffeId(), base.spiffeId()),
        or(said.renewAfter(), base.renewAfter()),
        or(said.grace(), base.grace()),
        or(said.copiedExtensions(), base.copiedExtensions()));
  }

  private static List<NameKind> kinds(List<String> labels) {
    return labels.stream()
        .map(
            label ->
                Arrays.stream(NameKind.values())
                    .filter(kind -> kind.label().equals(label))
                    .findFirst()
                    .orElseThrow(
                        () ->
                            new IllegalArgumentException(
                                "nameKinds: '" + label + "' is none of dns, ip, uri, email")))
        .toList();
  }

  private static <T> T or(@Nullable T said, T base) {
    return said == null ? base : said;
  }
}
