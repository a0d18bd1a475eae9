package dev.countersign.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.client.ClientException.Kind;
import dev.countersign.client.testing.AuthorityDouble;
import dev.countersign.client.testing.Crls;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.EnrollmentString;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.Pin;
import dev.countersign.pki.SubjectName;
import dev.countersign.pki.testing.MovableClock;
import dev.countersign.pki.testing.TestCa;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class EnrollmentTest {
  @TempDir Path temp;

  private final MovableClock clock =
      new MovableClock(Instant.now().truncatedTo(ChronoUnit.SECONDS));
  private final TestCa ca = TestCa.create(clock);
  private final SecureRandom random = new SecureRandom();
  private final List<String> odd = new ArrayList<>();
  private AuthorityDouble authority;

  @BeforeEach
  void start() {
    authority = AuthorityDouble.start(ca, clock);
  }

  @AfterEach
  void stop() {
    authority.close();
  }

  private CredentialFolder folder() {
    return CredentialFolder.at(temp.resolve("orders"));
  }

  private Enrollment enrollment() {
    return new Enrollment(
        clock,
        random,
        new Notices() {
          @Override
          public void odd(String what) {
            odd.add(what);
          }
        });
  }

  private Credential enroll(EnrollmentString string) {
    return enrollment().enroll(string, folder(), Enrollment.Options.USUAL).credential();
  }

  private static Kind kindOf(Throwable failure) {
    return ((ClientException) failure).kind();
  }

  @Test
  void writes_a_whole_credential_for_a_string() throws Exception {
    Credential credential = enroll(authority.string("orders"));

    assertThat(credential.info().identity()).isEqualTo("orders");
    assertThat(credential.certificate()).isEqualTo(authority.issued.get(0));
    assertThat(folder().read()).isEqualTo(credential);
    Path current = folder().path().resolve("current");
    assertThat(Files.readSymbolicLink(current)).isEqualTo(Path.of("generations/1"));
    assertThat(current).isDirectoryContaining("glob:**/fullchain.pem");
    assertThat(Certificate.parsePem(Files.readString(current.resolve("fullchain.pem"))))
        .containsExactly(authority.issued.get(0), ca.issuing());
    assertThat(Certificate.parsePem(Files.readString(current.resolve("trust.pem"))))
        .containsExactly(ca.root());
    assertThat(folder().path().resolve("pending")).doesNotExist();
    assertThat(odd).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = KeyAlgorithm.class,
      names = {"P256", "P384", "RSA_2048", "ED25519"})
  void makes_the_key_that_was_asked_for(KeyAlgorithm algorithm) {
    Enrollment.Options options =
        new Enrollment.Options(
            Optional.of(algorithm), List.of(), false, Optional.empty(), Patience.DEFAULT);
    Credential credential =
        enrollment().enroll(authority.string("orders"), folder(), options).credential();
    assertThat(KeyAlgorithm.ofKey(credential.certificate().x509().getPublicKey()))
        .isEqualTo(algorithm);
  }

  @Test
  void sends_nothing_to_a_server_of_another_root() {
    TestCa other = TestCa.create("Other", KeyAlgorithm.P256, clock);
    EnrollmentString string =
        authority.string("orders", 1, List.of(authority.url()), List.of(other.root().pin()));

    assertThatThrownBy(() -> enroll(string))
        .isInstanceOfSatisfying(
            WrongPinException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(Kind.WRONG_SERVER);
              assertThat(e.presentedRoot()).isEqualTo(ca.root().subject());
              assertThat(e.expectedPins()).containsExactly(other.root().pin());
              assertThat(e.stringMadeAt()).isEqualTo(clock.instant());
              assertThat(e.getMessage())
                  .contains(
                      ca.root().pin().toString(),
                      other.root().pin().toString(),
                      "Nothing was sent");
            });
    assertThat(authority.requests).isEmpty();
    assertThat(folder().isUsed()).isFalse();
  }

  @Test
  void takes_any_of_several_pins() {
    TestCa other = TestCa.create("Other", KeyAlgorithm.P256, clock);
    List<Pin> pins = List.of(other.root().pin(), ca.root().pin());
    assertThat(enroll(authority.string("orders", 1, List.of(authority.url()), pins)).roots())
        .containsExactly(ca.root());
  }

  @Test
  void refuses_a_pinned_server_with_another_hosts_name() {
    try (AuthorityDouble elsewhere =
        AuthorityDouble.start(
            ca,
            clock,
            AuthorityDouble.serverCredential(
                ca, "elsewhere.internal", SubjectName.uri(AuthorityDouble.OWN_ID)))) {
      assertThatThrownBy(() -> enroll(elsewhere.string("orders")))
          .isInstanceOf(ClientException.class)
          .hasMessageContaining("is for elsewhere.internal, not for localhost")
          .satisfies(e -> assertThat(kindOf(e)).isEqualTo(Kind.WRONG_SERVER));
      assertThat(elsewhere.requests).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("notTheAuthoritysOwn")
  void a_service_of_the_same_authority_and_host_does_not_pass_for_it(SubjectName[] others) {
    TestCa.Credential service = AuthorityDouble.serverCredential(ca, "localhost", others);
    try (AuthorityDouble imposter = AuthorityDouble.start(ca, clock, service)) {
      assertThatThrownBy(() -> enroll(imposter.string("orders")))
          .isInstanceOf(ClientException.class)
          .hasMessageContaining("not the authority's own")
          .hasMessageContaining("Nothing was sent")
          .satisfies(e -> assertThat(kindOf(e)).isEqualTo(Kind.WRONG_SERVER));
      assertThat(imposter.requests).isEmpty();
    }
  }

  static Stream<Arguments> notTheAuthoritysOwn() {
    SubjectName own = SubjectName.uri(AuthorityDouble.OWN_ID);
    return Stream.of(
            new SubjectName[] {},
            new SubjectName[] {SubjectName.uri("spiffe://test.internal/orders")},
            new SubjectName[] {SubjectName.uri("spiffe://test.internal/countersignd/orders")},
            new SubjectName[] {SubjectName.uri("https://test.internal/countersignd")},
            new SubjectName[] {SubjectName.dns("countersignd")},
            new SubjectName[] {SubjectName.uri("spiffe://test.internal/orders"), own},
            new SubjectName[] {own, SubjectName.uri("https://orders.internal/")})
        .map(names -> Arguments.of((Object) names));
  }

  @Test
  void refuses_a_pinned_server_whose_certificate_expired() {
    clock.advance(Duration.ofDays(31));
    assertThatThrownBy(() -> enroll(authority.string("orders")))
        .hasMessageContaining("expired at")
        .hasMessageContaining("clock")
        .satisfies(e -> assertThat(kindOf(e)).isEqualTo(Kind.WRONG_SERVER));
    assertThat(authority.requests).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "expired, EXPIRED, enrollment-expired",
    "cancelled, REFUSED, enrollment-cancelled",
    "revoked, REFUSED, identity-revoked"
  })
  void tells_refusals_apart(String state, Kind kind, String word) {
    EnrollmentString string = authority.string("orders");
    authority.enrollment(string).state = state;
    assertThatThrownBy(() -> enroll(string))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(kind);
              assertThat(e.problem().word()).isEqualTo(word);
            });
    assertThat(folder().isUsed()).isFalse();
  }

  @Test
  void a_string_for_one_key_serves_one_folder() {
    EnrollmentString string = authority.string("orders");
    enroll(string);
    assertThatThrownBy(
            () ->
                enrollment()
                    .enroll(
                        string,
                        CredentialFolder.at(temp.resolve("second")),
                        Enrollment.Options.USUAL))
        .hasMessageContaining("enrollment-used");
    assertThat(authority.issued).hasSize(1);
  }

  @Test
  void the_same_string_in_the_same_folder_changes_nothing() {
    EnrollmentString string = authority.string("orders");
    Credential first = enroll(string);
    Enrollment.Enrolled again = enrollment().enroll(string, folder(), Enrollment.Options.USUAL);
    assertThat(again.wasThere()).isTrue();
    assertThat(again.credential()).isEqualTo(first);
    assertThat(authority.requests).hasSize(1);
  }

  @Test
  void a_lost_answer_is_asked_for_again_with_the_same_key() {
    EnrollmentString string = authority.string("orders");
    authority.answersAreLost = true;
    assertThatThrownBy(() -> enroll(string))
        .satisfies(e -> assertThat(kindOf(e)).isEqualTo(Kind.UNREACHABLE))
        .hasMessageContaining("try again");
    authority.answersAreLost = false;
    Credential credential = enroll(string);
    assertThat(authority.issued).hasSize(1);
    assertThat(credential.certificate()).isEqualTo(authority.issued.get(0));
  }

  @Test
  void another_string_does_not_get_the_pending_key() {
    EnrollmentString first = authority.string("orders");
    authority.answersAreLost = true;
    assertThatThrownBy(() -> enroll(first)).isInstanceOf(ClientException.class);
    authority.answersAreLost = false;
    Credential credential = enroll(authority.string("orders"));
    assertThat(credential.certificate().pin()).isNotEqualTo(authority.issued.get(0).pin());
  }

  @Test
  void an_occupied_folder_is_replaced_only_when_told() {
    enroll(authority.string("orders"));
    EnrollmentString other = authority.string("billing");
    assertThatThrownBy(() -> enroll(other))
        .hasMessageContaining("already a credential for orders")
        .hasMessageContaining("--replace")
        .satisfies(e -> assertThat(kindOf(e)).isEqualTo(Kind.LOCAL_FILES));
    Enrollment.Options replace =
        new Enrollment.Options(
            Optional.empty(), List.of(), true, Optional.empty(), Patience.DEFAULT);
    assertThat(enrollment().enroll(other, folder(), replace).credential().info().identity())
        .isEqualTo("billing");
  }

  @ParameterizedTest
  @CsvSource({"PT-3H, behind", "PT3H, ahead of"})
  void a_wrong_clock_is_corrected_once_and_told(Duration off, String word) {
    MovableClock ours = new MovableClock(clock.instant().plus(off.dividedBy(4)));
    Enrollment enrollment =
        new Enrollment(
            ours,
            random,
            new Notices() {
              @Override
              public void odd(String what) {
                odd.add(what);
              }
            });
    enrollment.enroll(authority.string("orders"), folder(), Enrollment.Options.USUAL);
    assertThat(authority.requests).hasSize(2);
    assertThat(odd).singleElement().asString().contains("45 minutes", word);
  }

  @Test
  void asks_the_next_url_when_one_is_dead() {
    URI dead = URI.create("https://localhost:1");
    EnrollmentString string =
        authority.string("orders", 1, List.of(dead, authority.url()), List.of(ca.root().pin()));
    assertThat(enroll(string).info().urls()).containsExactly(dead, authority.url());
  }

  @Test
  void a_url_of_ones_own_is_asked_first_and_must_have_the_pin() {
    EnrollmentString string =
        authority.string(
            "orders", 1, List.of(URI.create("https://localhost:1")), List.of(ca.root().pin()));
    Enrollment.Options options =
        new Enrollment.Options(
            Optional.empty(), List.of(authority.url()), false, Optional.empty(), Patience.DEFAULT);
    assertThat(enrollment().enroll(string, folder(), options).credential().info().urls())
        .startsWith(authority.url());
  }

  @Test
  void refuses_a_certificate_for_another_key() {
    TestCa.Credential other = authority.credential("orders");
    authority.tampering =
        answer -> {
          answer.put("certificate", other.certificate().toPem());
          answer.put("serial", other.certificate().serial().toString());
        };
    refusedAnswer("another key");
  }

  @Test
  void refuses_names_that_were_not_promised() {
    authority.tampering =
        answer -> ((ObjectNode) answer.get("names")).withArray("/dns").add("more.internal");
    refusedAnswer("names that were promised");
  }

  @Test
  void refuses_a_chain_that_leads_elsewhere() {
    TestCa other = TestCa.create("Other", KeyAlgorithm.P256, clock);
    authority.tampering = answer -> answer.put("chain", other.issuing().toPem());
    refusedAnswer("does not lead to a trusted root");
  }

  @Test
  void refuses_a_bundle_without_the_pinned_root() {
    TestCa other = TestCa.create("Other", KeyAlgorithm.P256, clock);
    authority.bundle.clear();
    authority.bundle.add(other.root());
    refusedAnswer("none of the roots in its trust bundle was expected");
  }

  @Test
  void refuses_revocation_lists_of_strangers() {
    TestCa other = TestCa.create("Other", KeyAlgorithm.P256, clock);
    authority.tampering =
        answer -> ((ObjectNode) answer.get("denials")).put("crls", Crls.empty(other, clock));
    refusedAnswer("not signed by the chain's CAs");
  }

  @Test
  void refuses_an_identity_that_cannot_be() {
    authority.tampering = answer -> answer.put("identity", "orders\u001b[31m");
    refusedAnswer("no name that there can be");
  }

  @Test
  void refuses_a_renewal_window_that_never_opens() {
    authority.tampering =
        answer -> ((ObjectNode) answer.get("renewal")).put("end", "2000-01-01T00:00:00Z");
    refusedAnswer("never be renewed in time");
  }

  @Test
  void refuses_a_ca_certificate() {
    authority.tampering =
        answer -> {
          answer.put("certificate", ca.issuing().toPem());
          answer.put("serial", ca.issuing().serial().toString());
        };
    refusedAnswer("another key");
  }

  private void refusedAnswer(String reason) {
    authority.identity("orders", SubjectName.dns("orders.internal"));
    assertThatThrownBy(() -> enroll(authority.string("orders")))
        .hasMessageContaining(reason)
        .hasMessageContaining("Nothing was written")
        .satisfies(e -> assertThat(kindOf(e)).isEqualTo(Kind.WRONG_SERVER));
    assertThat(folder().isUsed()).isFalse();
  }
}
