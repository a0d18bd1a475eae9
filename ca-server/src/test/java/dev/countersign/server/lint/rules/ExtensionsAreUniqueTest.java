package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.DraftRecipe.fails;
import static dev.countersign.server.lint.DraftRecipe.leaf;
import static dev.countersign.server.lint.DraftRecipe.passes;

import dev.countersign.pki.Oids;
import dev.countersign.server.authority.Extensions;
import org.junit.jupiter.api.Test;

class ExtensionsAreUniqueTest {
  private final ExtensionsAreUnique rule = new ExtensionsAreUnique();

  @Test
  void refuses_an_extension_twice_and_one_critical_that_must_not_be() {
    passes(rule, leaf());
    fails(rule, "key_usage_twice", leaf(), r -> r.add(Oids.KEY_USAGE, Extensions.keyUsage(1)));
    fails(
        rule,
        "key_identifier_critical",
        leaf(),
        r -> r.value(Oids.SUBJECT_KEY_IDENTIFIER, true, "0401aa"));
    fails(rule, "unknown_critical", leaf(), r -> r.value("1.2.3.4", true, "0500"));
  }
}
