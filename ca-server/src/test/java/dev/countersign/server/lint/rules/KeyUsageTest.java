package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.DraftRecipe.ca;
import static dev.countersign.server.lint.DraftRecipe.fails;
import static dev.countersign.server.lint.DraftRecipe.leaf;
import static dev.countersign.server.lint.DraftRecipe.passes;

import dev.countersign.pki.Oids;
import dev.countersign.server.authority.Extensions;
import org.junit.jupiter.api.Test;

class KeyUsageTest {
  private final KeyUsage rule = new KeyUsage();

  @Test
  void refuses_signing_of_certificates_by_others_than_CAs_and_bad_bit_lists() {
    passes(rule, leaf());
    passes(rule, ca());
    fails(rule, "absent", leaf(), r -> r.remove(Oids.KEY_USAGE));
    fails(rule, "not_critical", leaf(), r -> r.value(Oids.KEY_USAGE, false, "03020780"));
    fails(rule, "empty", leaf(), r -> r.value(Oids.KEY_USAGE, true, "030100"));
    fails(rule, "trailing_zero_bits", leaf(), r -> r.value(Oids.KEY_USAGE, true, "03020080"));
    fails(rule, "keyCertSign", leaf(), r -> r.set(Oids.KEY_USAGE, Extensions.keyUsage(1 | 1 << 5)));
    fails(rule, "cRLSign", leaf(), r -> r.set(Oids.KEY_USAGE, Extensions.keyUsage(1 | 1 << 6)));
    fails(
        rule, "CA_without_cRLSign", ca(), r -> r.set(Oids.KEY_USAGE, Extensions.keyUsage(1 << 5)));
  }
}
