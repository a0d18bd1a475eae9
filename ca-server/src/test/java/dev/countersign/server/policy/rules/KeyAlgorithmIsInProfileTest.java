package dev.countersign.server.policy.rules;

import static dev.countersign.server.policy.Asked.granted;
import static dev.countersign.server.policy.Asked.refused;

import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.server.policy.Asked;
import dev.countersign.server.policy.Profile;
import dev.countersign.server.policy.Profiles;
import dev.countersign.server.refusal.Refusal.Kind;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyAlgorithmIsInProfileTest {
  private final KeyAlgorithmIsInProfile rule = new KeyAlgorithmIsInProfile();
  private final Asked asked = new Asked();

  @Test
  void the_profile_names_the_algorithms() {
    granted(rule, asked);
    asked.profile = "ocsp";
    asked.key = KeyAlgorithm.P384.generate(new SecureRandom());
    granted(rule, asked);
    Profile peer = Profiles.base("peer");
    asked.profile = "only-p256";
    asked.profiles =
        Profiles.defaults()
            .with(
                List.of(
                    new Profile(
                        "only-p256",
                        peer.keyUsage(),
                        peer.extendedKeyUsage(),
                        List.of("P-256"),
                        peer.defaultLifetime(),
                        peer.maximumLifetime(),
                        peer.nameKinds(),
                        peer.spiffeId(),
                        peer.renewAfter(),
                        peer.grace(),
                        List.of())));
    refused(rule, asked, Kind.NOT_ALLOWED, "P-384", "P-256", "only-p256");
  }
}
