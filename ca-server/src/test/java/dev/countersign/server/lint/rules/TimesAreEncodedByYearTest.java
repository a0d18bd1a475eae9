package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.DraftRecipe.fails;
import static dev.countersign.server.lint.DraftRecipe.hex;
import static dev.countersign.server.lint.DraftRecipe.leaf;
import static dev.countersign.server.lint.DraftRecipe.passes;
import static dev.countersign.server.lint.DraftRecipe.validity;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class TimesAreEncodedByYearTest {
  private final TimesAreEncodedByYear rule = new TimesAreEncodedByYear();

  @Test
  void refuses_the_wrong_one_of_two_encodings() {
    Instant last = Instant.parse("2049-12-31T23:59:59Z");
    passes(rule, leaf());
    var at2050 = leaf();
    at2050.validity = validity(last, last.plusSeconds(1));
    passes(rule, at2050);
    fails(
        rule,
        "generalized_time_in_2049",
        leaf(),
        r ->
            r.validity =
                hex("3020 170d" + ascii("261124080000Z") + "180f" + ascii("20491231235959Z")));
  }

  private static String ascii(String text) {
    return java.util.HexFormat.of()
        .formatHex(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
  }
}
