package dev.countersign.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.countersign.pki.InvalidEnrollmentStringException.Reason;
import java.net.URI;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnrollmentStringTest {
  private static final byte[] SEED = HexFormat.of().parseHex("5ec2e7".repeat(10) + "0102");
  private static final Instant CREATED = Instant.parse("2026-11-24T08:00:00Z");

  private static EnrollmentString string(List<String> endpoints, int pins) {
    return new EnrollmentString(
        endpoints.stream().map(URI::create).toList(),
        IntStream.range(0, pins).mapToObj(i -> Pin.of(new byte[] {(byte) i})).toList(),
        "e-7Qx_1",
        SEED,
        CREATED,
        CREATED.plusSeconds(3600));
  }

  private static final EnrollmentString ONE = string(List.of("https://ca.example:8443"), 1);

  private static InvalidEnrollmentStringException refusalOf(String text) {
    return catchThrowableOfType(
        InvalidEnrollmentStringException.class, () -> EnrollmentString.parse(text));
  }

  @Test
  void goes_there_and_back() throws Exception {
    for (EnrollmentString string :
        List.of(
            ONE,
            string(
                List.of("https://a.example", "https://[2001:db8::1]:1/base", "https://10.0.0.1"),
                3))) {
      assertThat(EnrollmentString.parse(string.encode())).isEqualTo(string);
      assertThat(string.encode()).matches("csgn1_[A-Za-z0-9_-]+");
    }
    assertThat(ONE.encode().length()).isLessThan(200);
  }

  @Test
  void is_frozen_on_the_wire() {
    assertThat(ONE.encode())
        .as("a change here makes every string unreadable that has been handed out")
        .isEqualTo(
            "csgn1_AHYBF2h0dHBzOi8vY2EuZXhhbXBsZTo4NDQzAW40C5z_s3qYnKVE5rt4Cix4kB0_szc4doURowYXr6AdB2UtN1F4Xz"
                + "FewudewudewudewudewudewudewudewudewudewucBAgAAAABrBUQAAAAAAGsFUhDTKitp");
  }

  @Test
  void blanks_and_line_breaks_of_pasting_do_no_harm() throws Exception {
    String text = ONE.encode();
    assertThat(
            EnrollmentString.parse(
                "  " + text.substring(0, 60) + "\r\n  " + text.substring(60) + "\n"))
        .isEqualTo(ONE);
  }

  @Test
  void every_cut_is_told_as_cut_off() {
    String text = ONE.encode();
    for (int length = EnrollmentString.PREFIX.length(); length < text.length(); length++) {
      InvalidEnrollmentStringException refused = refusalOf(text.substring(0, length));
      assertThat(refused).as("cut to %d", length).isNotNull();
      assertThat(refused.reason())
          .as("cut to %d of %d", length, text.length())
          .isEqualTo(Reason.CUT_OFF);
    }
    assertThat(refusalOf(text.substring(0, 50))).hasMessageContaining("copy the whole line");
  }

  @Test
  void every_mistyped_character_is_noticed() {
    String text = ONE.encode();
    Random random = new Random(5);
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (int i = EnrollmentString.PREFIX.length(); i < text.length(); i++) {
      char other;
      do {
        other = alphabet.charAt(random.nextInt(64));
      } while (other == text.charAt(i));
      String changed = text.substring(0, i) + other + text.substring(i + 1);
      InvalidEnrollmentStringException refused = refusalOf(changed);
      assertThat(refused).as("character %d", i).isNotNull();
      // The first three characters hold the length: a larger one cannot be told from a cut.
      if (i >= EnrollmentString.PREFIX.length() + 3) {
        assertThat(refused.reason()).as("character %d", i).isEqualTo(Reason.MISTYPED);
      }
    }
    assertThat(refusalOf(text + "A").reason()).isEqualTo(Reason.MISTYPED);
    assertThat(refusalOf(text + "AAAA").reason()).isEqualTo(Reason.MISTYPED);
    assertThat(refusalOf(text.substring(0, 20) + "." + text.substring(21)).reason())
        .isEqualTo(Reason.MISTYPED);
    assertThat(refusalOf(text + text).reason()).isEqualTo(Reason.MISTYPED);
  }

  @ParameterizedTest
  @CsvSource({
    "'', NOT_OURS",
    "hello, NOT_OURS",
    "csgn, NOT_OURS",
    "csgn_AAAA, NOT_OURS",
    "CSGN1_AAAA, NOT_OURS",
    "eyJhbGciOiJFUzI1NiJ9.e30.AA, NOT_OURS",
    "csgn2_AAAA, NEWER_VERSION",
    "csgn17_!, NEWER_VERSION",
    "csgn1_, CUT_OFF",
    "csgn1_A, CUT_OFF",
    "csgn1_AAAA, MISTYPED"
  })
  void tells_apart(String text, Reason reason) {
    InvalidEnrollmentStringException refused = refusalOf(text);
    assertThat(refused).isNotNull();
    assertThat(refused.reason()).as(refused.getMessage()).isEqualTo(reason);
  }

  @Test
  void no_message_and_no_text_form_shows_the_seed() {
    String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(SEED).substring(0, 16);
    assertThat(ONE.toString()).doesNotContain(secret).doesNotContain("5ec2e7").contains("e-7Qx_1");
    String text = ONE.encode();
    for (int length = 0; length < text.length(); length++) {
      assertThat(refusalOf(text.substring(0, length)).getMessage())
          .doesNotContain(text.substring(70, 80));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://ca.example",
        "https:/x",
        "https://u@ca.example",
        "https://ca.example/?a",
        "https://ca.example/#a",
        "ca.example:8443",
        "https://bücher.example"
      })
  void an_endpoint_is_an_https_URL(String endpoint) {
    assertThatThrownBy(() -> string(List.of(endpoint), 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void has_endpoints_and_one_to_three_pins() {
    assertThatThrownBy(() -> string(List.of(), 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> string(List.of("https://a"), 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> string(List.of("https://a"), 4))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void can_be_told_from_a_file_name() {
    assertThat(EnrollmentString.looksLikeOne(" csgn1_AAA")).isTrue();
    assertThat(EnrollmentString.looksLikeOne("csgn9_")).isTrue();
    assertThat(EnrollmentString.looksLikeOne("./csgn1")).isFalse();
  }
}
