package dev.countersign.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PemTest {

  @Test
  void any_bytes_go_there_and_back() {
    Random random = new Random(3);
    for (int length : new int[] {0, 1, 2, 3, 47, 48, 49, 5000}) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      String pem = Pem.encode("SOME THING", bytes);
      assertThat(pem.lines()).allMatch(line -> line.length() <= 64);
      assertThat(Pem.decode(pem)).containsExactly(new PemBlock("SOME THING", bytes));
    }
  }

  @Test
  void text_around_the_blocks_and_blanks_in_them_are_passed_over() {
    List<PemBlock> blocks =
        Pem.decode(
            "Bag Attributes: x\n-----BEGIN A-----\r\n AQ\t\n ID \n-----END A-----\nBye-----BEGIN B-----AQ==-----END B-----");
    assertThat(blocks)
        .containsExactly(
            new PemBlock("A", new byte[] {1, 2, 3}.clone()), new PemBlock("B", new byte[] {1}));
  }

  @ParameterizedTest
  @CsvSource({
    "'-----BEGIN A-----\nAQID', cut off",
    "'-----BEGIN A-----\nAQID\n-----END B-----', cut off",
    "'-----BEGIN A\n-----\nAQID\n-----END A-----', first line",
    "'-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\n\nAQID\n-----END A-----', old encrypted form",
    "'-----BEGIN A-----\nA!ID\n-----END A-----', not base64"
  })
  void says_what_is_wrong(String text, String reason) {
    assertThatThrownBy(() -> Pem.decode(text))
        .isInstanceOf(MalformedPemException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void a_text_of_more_than_a_mebibyte_is_refused() {
    assertThatThrownBy(() -> Pem.decode("x".repeat((1 << 20) + 1)))
        .isInstanceOf(MalformedPemException.class);
  }

  @Test
  void a_block_does_not_show_what_may_be_a_key() {
    assertThat(new PemBlock("PRIVATE KEY", new byte[] {1, 2})).hasToString("PEM block PRIVATE KEY");
  }
}
