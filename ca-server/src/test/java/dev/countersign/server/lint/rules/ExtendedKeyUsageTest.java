package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.DraftRecipe.ca;
import static dev.countersign.server.lint.DraftRecipe.fails;
import static dev.countersign.server.lint.DraftRecipe.leaf;
import static dev.countersign.server.lint.DraftRecipe.passes;

import dev.countersign.pki.Oids;
import org.junit.jupiter.api.Test;

class ExtendedKeyUsageTest {
  private final ExtendedKeyUsage rule = new ExtendedKeyUsage();

  @Test
  void refuses_certificates_for_nothing_or_for_everything() {
    passes(rule, leaf());
    passes(rule, ca());
    fails(rule, "absent", leaf(), r -> r.remove(Oids.EXTENDED_KEY_USAGE));
    fails(rule, "empty", leaf(), r -> r.value(Oids.EXTENDED_KEY_USAGE, false, "3000"));
    fails(
        rule,
        "critical",
        leaf(),
        r -> r.value(Oids.EXTENDED_KEY_USAGE, true, "300a06082b06010505070301"));
    fails(rule, "any", leaf(), r -> r.value(Oids.EXTENDED_KEY_USAGE, false, "30060604551d2500"));
    fails(
        rule,
        "twice_the_same",
        leaf(),
        r ->
            r.value(
                Oids.EXTENDED_KEY_USAGE, false, "301406082b0601050507030106082b06010505070301"));
    fails(
        rule,
        "CA_with_one",
        ca(),
        r -> r.value(Oids.EXTENDED_KEY_USAGE, false, "300a06082b06010505070301"));
  }
}
