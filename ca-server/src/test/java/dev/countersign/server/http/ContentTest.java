package dev.countersign.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContentTest {
  private static final Content WHOLE =
      Content.of(List.of(bytes("abc"), bytes(""), bytes("defg"), bytes("h")));

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void each_part_of_it_is_what_was_cut_out() throws IOException {
    String all = "abcdefgh";
    assertThat(WHOLE.length()).isEqualTo(all.length());
    for (int from = 0; from <= all.length(); from++) {
      for (int to = from; to <= all.length(); to++) {
        Content part = WHOLE.part(from, to - from);
        String expected = all.substring(from, to);
        assertThat(part.length()).isEqualTo(expected.length());
        assertThat(part.stream().readAllBytes()).asString().isEqualTo(expected);
        for (int second = 0; second < expected.length(); second++) {
          assertThat(part.part(second, 1).stream().read()).isEqualTo(expected.charAt(second));
        }
      }
    }
    assertThatThrownBy(() -> WHOLE.part(7, 2)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void one_piece_is_written_as_it_is() {
    Content one = Content.of(bytes("abcd")).part(1, 2);
    assertThat(StandardCharsets.US_ASCII.decode(one.buffer().orElseThrow()).toString())
        .isEqualTo("bc");
    assertThat(WHOLE.buffer()).isEmpty();
  }
}
