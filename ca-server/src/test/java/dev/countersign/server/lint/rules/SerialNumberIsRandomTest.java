package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.DraftRecipe.fails;
import static dev.countersign.server.lint.DraftRecipe.hex;
import static dev.countersign.server.lint.DraftRecipe.leaf;
import static dev.countersign.server.lint.DraftRecipe.passes;

import org.junit.jupiter.api.Test;

class SerialNumberIsRandomTest {
  private final SerialNumberIsRandom rule = new SerialNumberIsRandom();

  @Test
  void refuses_serials_that_are_not_positive_short_long_or_poor() {
    passes(rule, leaf());
    fails(rule, "serial_is_negative", leaf(), r -> r.serial = hex("0214" + "a5".repeat(20)));
    fails(rule, "serial_has_21_octets", leaf(), r -> r.serial = hex("021500" + "a5".repeat(20)));
    fails(rule, "serial_is_1", leaf(), r -> r.serial = hex("020101"));
    fails(rule, "serial_has_64_bits", leaf(), r -> r.serial = hex("0208" + "5a".repeat(8)));
    fails(
        rule,
        "serial_has_zeros_in_a_row",
        leaf(),
        r -> r.serial = hex("0214" + "5a".repeat(10) + "00".repeat(8) + "5a5a"));
  }
}
