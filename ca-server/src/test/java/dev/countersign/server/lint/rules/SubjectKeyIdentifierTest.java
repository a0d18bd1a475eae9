package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.DraftRecipe.fails;
import static dev.countersign.server.lint.DraftRecipe.leaf;
import static dev.countersign.server.lint.DraftRecipe.passes;
import static dev.countersign.server.lint.DraftRecipe.root;

import dev.countersign.pki.Oids;
import dev.countersign.server.authority.Extensions;
import org.junit.jupiter.api.Test;

class SubjectKeyIdentifierTest {
  private final SubjectKeyIdentifier rule = new SubjectKeyIdentifier();

  @Test
  void refuses_an_identifier_that_is_not_the_keys() {
    passes(rule, leaf());
    passes(rule, root());
    fails(rule, "absent", leaf(), r -> r.remove(Oids.SUBJECT_KEY_IDENTIFIER));
    fails(
        rule,
        "of_another_key",
        leaf(),
        r -> r.set(Oids.SUBJECT_KEY_IDENTIFIER, Extensions.subjectKeyIdentifier(new byte[20])));
  }
}
