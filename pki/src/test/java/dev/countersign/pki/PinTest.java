package dev.countersign.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PinTest {
  // SHA-256 of nothing
  private static final String EMPTY = "sha256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";

  @Test
  void is_the_SHA_256_of_the_key_info() {
    assertThat(Pin.of(new byte[0])).hasToString(EMPTY);
    assertThat(Pin.parse(" " + EMPTY + "\n")).isEqualTo(Pin.of(new byte[0]));
    assertThat(Pin.ofDigest(Pin.parse(EMPTY).digest())).isEqualTo(Pin.parse(EMPTY));
    assertThat(Pin.of(new byte[1])).isNotEqualTo(Pin.of(new byte[0]));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "sha256:",
        "sha1:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
        "sha256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuF",
        "sha256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFV",
        "sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
        "sha256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU="
      })
  void other_text_is_refused(String text) {
    assertThatThrownBy(() -> Pin.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
