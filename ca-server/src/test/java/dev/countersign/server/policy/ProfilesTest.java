package dev.countersign.server.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.pki.NameKind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProfilesTest {

  private static Profile profile(String keyUsage, String purpose, String key, String copied) {
    return new Profile(
        "web",
        List.of(keyUsage),
        List.of(purpose),
        List.of(key),
        Duration.ofDays(7),
        Duration.ofDays(90),
        List.of(NameKind.DNS),
        false,
        0.5,
        Duration.ZERO,
        List.of(copied));
  }

  @Test
  void the_built_in_profiles_are_five() {
    assertThat(Profiles.defaults().all().stream().map(Profile::name))
        .containsExactly("client", "ocsp", "operator", "peer", "server");
    assertThat(Profiles.base("peer").extendedKeyUsage())
        .containsExactly("serverAuth", "clientAuth");
    assertThat(Profiles.base("new").name()).isEqualTo("new");
  }

  @Test
  void a_key_gets_only_the_usages_that_it_can_have() {
    Profile profile = profile("keyEncipherment", "serverAuth", "RSA-2048", "1.2.3.4");
    assertThat(profile.keyUsageBits("RSA-2048")).isEqualTo(1 << 2);
    assertThat(profile.keyUsageBits("P-256")).isZero();
    assertThat(profile("keyAgreement", "serverAuth", "P-256", "1.2.3.4").keyUsageBits("Ed25519"))
        .isZero();
  }

  @Test
  void others_are_added_and_replaced() {
    Profile web = profile("digitalSignature", "serverAuth", "P-256", "1.2.3.4");
    Profiles profiles = Profiles.defaults().with(List.of(web));
    assertThat(profiles.require("web")).isEqualTo(web);
    assertThat(Profiles.defaults().find("web")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"keyCertSign", "cRLSign", "signing", ""})
  void refuses_key_usages_of_CAs_and_unknown_ones(String usage) {
    assertThatThrownBy(() -> profile(usage, "serverAuth", "P-256", "1.2.3.4"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("digitalSignature");
  }

  @ParameterizedTest
  @ValueSource(strings = {"anyExtendedKeyUsage", "2.5.29.37.0", "OCSPSigning", "server", "1.2."})
  void refuses_purposes_that_are_everything_the_responders_or_none(String purpose) {
    assertThatThrownBy(() -> profile("digitalSignature", purpose, "P-256", "1.2.3.4"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA-1024", "secp256k1", "p-256"})
  void refuses_unknown_key_algorithms(String algorithm) {
    assertThatThrownBy(() -> profile("digitalSignature", "serverAuth", algorithm, "1.2.3.4"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("RSA-2048");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.5.29.19", "2.5.29.17", "2.5.29.35", "x"})
  void refuses_to_copy_what_is_not_the_subjects_to_say(String oid) {
    assertThatThrownBy(() -> profile("digitalSignature", "serverAuth", "P-256", oid))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refuses_other_URIs_beside_the_SPIFFE_ID() {
    Profile peer = Profiles.base("peer");
    assertThat(peer.spiffeId()).isTrue();
    assertThatThrownBy(
            () ->
                new Profile(
                    "peer",
                    peer.keyUsage(),
                    peer.extendedKeyUsage(),
                    peer.keyAlgorithms(),
                    peer.defaultLifetime(),
                    peer.maximumLifetime(),
                    List.of(NameKind.values()),
                    true,
                    peer.renewAfter(),
                    peer.grace(),
                    List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("uri", "spiffeId");
  }

  @Test
  void refuses_a_usage_that_a_key_of_the_profile_cannot_have() {
    assertThatThrownBy(() -> profile("keyEncipherment", "serverAuth", "P-256", "1.2.3.4"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("P-256", "digitalSignature");
  }
}
