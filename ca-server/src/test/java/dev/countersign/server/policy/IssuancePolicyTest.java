package dev.countersign.server.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.NameKind;
import dev.countersign.pki.Names;
import dev.countersign.pki.testing.MovableClock;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.testing.InMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class IssuancePolicyTest {
  private static final Instant NOW = MovableClock.START;

  private final Authority issuer = InMemory.hierarchy(KeyAlgorithm.P256).issuing();
  private final Asked asked = new Asked();

  private ApprovedRequest approve(Instant now) {
    return approve(asked.entitlement(), now);
  }

  private ApprovedRequest approve(Entitlement entitlement, Instant now) {
    IssuancePolicy policy = new IssuancePolicy(asked.profiles, asked.hierarchy, "example.internal");
    return policy.approve(entitlement, asked.request(), issuer, now);
  }

  @Test
  void grants_the_names_and_the_SPIFFE_ID_of_the_identity() {
    assertThat(approve(NOW).names())
        .hasToString("dns:orders.example.internal, uri:spiffe://example.internal/orders");
  }

  @Test
  void the_SPIFFE_ID_is_not_doubled_when_it_is_asked_for() throws InvalidRequestException {
    asked.wanted =
        Names.builder()
            .uri("spiffe://example.internal/orders")
            .dns("orders.example.internal")
            .build();
    assertThat(approve(NOW).names().uri()).containsExactly("spiffe://example.internal/orders");
  }

  @Test
  void the_authoritys_listener_has_its_SPIFFE_ID_whatever_the_profile_says() {
    Profile usual = asked.profiles.require("server");
    asked.profiles =
        asked.profiles.with(
            List.of(
                new Profile(
                    "server",
                    usual.keyUsage(),
                    usual.extendedKeyUsage(),
                    usual.keyAlgorithms(),
                    usual.defaultLifetime(),
                    usual.maximumLifetime(),
                    List.of(NameKind.DNS),
                    false,
                    usual.renewAfter(),
                    usual.grace(),
                    usual.copiedExtensions())));
    asked.profile = "server";
    assertThat(approve(NOW).names().uri()).isEmpty();
    asked.standing = Entitlement.Standing.SELF;
    Entitlement self =
        new Entitlement(
            "countersignd",
            asked.owned,
            asked.standing,
            "server",
            Optional.of(asked.owned),
            Optional.empty());
    assertThat(approve(self, NOW).names().uri())
        .containsExactly("spiffe://example.internal/countersignd");
    Entitlement responder =
        new Entitlement(
            "countersignd",
            asked.owned,
            asked.standing,
            "ocsp",
            Optional.of(Names.none()),
            Optional.empty());
    assertThat(approve(responder, NOW).names().isEmpty()).isTrue();
  }

  @Test
  void a_name_that_says_another_identity_is_not_granted_though_it_was_given()
      throws InvalidRequestException {
    asked.owned = Names.builder().uri("spiffe://example.internal/billing").build();
    asked.wanted = asked.owned;
    assertThatThrownBy(() -> approve(NOW))
        .isInstanceOf(Refusal.class)
        .hasMessageContainingAll("billing", "spiffe://example.internal/orders");
    asked.profile = "operator";
    asked.standing = Entitlement.Standing.OPERATOR;
    assertThatThrownBy(() -> approve(NOW))
        .isInstanceOf(Refusal.class)
        .hasMessageContainingAll("billing", "spiffe://example.internal/orders");
  }

  @Test
  void two_URIs_of_which_one_is_a_SPIFFE_ID_are_not_granted() throws InvalidRequestException {
    Profile peer = asked.profiles.require("peer");
    asked.profiles =
        asked.profiles.with(
            List.of(
                new Profile(
                    "peer",
                    peer.keyUsage(),
                    peer.extendedKeyUsage(),
                    peer.keyAlgorithms(),
                    peer.defaultLifetime(),
                    peer.maximumLifetime(),
                    List.of(NameKind.URI),
                    false,
                    peer.renewAfter(),
                    peer.grace(),
                    peer.copiedExtensions())));
    asked.owned = Names.builder().uri("spiffe://elsewhere/orders", "urn:orders").build();
    asked.wanted = asked.owned;
    assertThatThrownBy(() -> approve(NOW))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("no other URI");
  }

  @Test
  void without_names_asked_for_all_that_the_profile_can_carry_are_given()
      throws InvalidRequestException {
    asked.owned = Names.builder().dns("a.example").email("a@example.internal").build();
    asked.profile = "operator";
    asked.standing = Entitlement.Standing.OPERATOR;
    Entitlement all =
        new Entitlement(
            "orders", asked.owned, asked.standing, "operator", Optional.empty(), Optional.empty());
    assertThat(approve(all, NOW).names()).hasToString("email:a@example.internal");
  }

  @Test
  void the_first_second_is_a_minute_ago_and_the_last_second_counts() {
    asked.lifetime = Optional.of(Duration.ofHours(1));
    ApprovedRequest.Validity validity = approve(NOW.plusMillis(999)).validity();
    assertThat(validity.notBefore()).isEqualTo(NOW.minusSeconds(60));
    assertThat(validity.notAfter()).isEqualTo(NOW.plusSeconds(3599));
  }

  @Test
  void on_the_issuers_last_day_a_certificate_ends_with_it() {
    Instant end = issuer.certificate().notAfter();
    assertThat(approve(end.minus(Duration.ofDays(1))).validity().notAfter()).isEqualTo(end);
    assertThat(approve(end.minusSeconds(1)).validity().notAfter()).isEqualTo(end);
    assertThatThrownBy(() -> approve(end))
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> assertThat(refusal.kind()).isEqualTo(Refusal.Kind.UNAVAILABLE));
  }

  @Test
  void a_certificate_does_not_begin_before_its_issuer() {
    Instant start = issuer.certificate().notBefore();
    assertThat(approve(start).validity().notBefore()).isEqualTo(start);
  }

  @Test
  void a_profile_that_does_not_exist_is_refused_with_those_that_do() {
    asked.profile = "nonsense";
    assertThatThrownBy(() -> approve(NOW))
        .isInstanceOf(Refusal.class)
        .hasMessageContainingAll("nonsense", "client, ocsp, operator, peer, server");
  }

  @Test
  void ninety_nine_names_and_the_SPIFFE_ID_fit_and_one_more_does_not() {
    asked.owned = many(99);
    asked.wanted = asked.owned;
    assertThat(approve(NOW).names().list()).hasSize(100);
    asked.owned = many(100);
    asked.wanted = asked.owned;
    assertThatThrownBy(() -> approve(NOW)).isInstanceOf(Refusal.class).hasMessageContaining("100");
  }

  private static Names many(int count) {
    String[] names = new String[count];
    for (int i = 0; i < count; i++) {
      names[i] = "n" + i + ".example";
    }
    return Asked.names(names);
  }

  /** A rule that is written and not run would be worse than none. */
  @Test
  void runs_every_rule_that_there_is() throws IOException {
    List<String> rules = namesIn("src/main/java/dev/countersign/server/policy/rules");
    assertThat(IssuancePolicy.RULES.stream().map(rule -> rule.getClass().getSimpleName()))
        .containsExactlyInAnyOrderElementsOf(rules);
    assertThat(namesIn("src/test/java/dev/countersign/server/policy/rules"))
        .containsExactlyInAnyOrderElementsOf(rules.stream().map(rule -> rule + "Test").toList());
  }

  private static List<String> namesIn(String folder) throws IOException {
    try (Stream<Path> files = Files.list(Path.of(folder))) {
      return files
          .map(file -> file.getFileName().toString().replace(".java", ""))
          .filter(name -> !name.equals("package-info"))
          .toList();
    }
  }
}
