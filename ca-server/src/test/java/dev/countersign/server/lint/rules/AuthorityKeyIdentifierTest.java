package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.DraftRecipe.fails;
import static dev.countersign.server.lint.DraftRecipe.leaf;
import static dev.countersign.server.lint.DraftRecipe.passes;
import static dev.countersign.server.lint.DraftRecipe.root;

import dev.countersign.pki.Oids;
import dev.countersign.server.authority.Extensions;
import org.junit.jupiter.api.Test;

class AuthorityKeyIdentifierTest {
  private final AuthorityKeyIdentifier rule = new AuthorityKeyIdentifier();

  @Test
  void refuses_an_identifier_that_is_not_the_issuers() {
    passes(rule, leaf());
    passes(rule, root());
    fails(rule, "absent", leaf(), r -> r.remove(Oids.AUTHORITY_KEY_IDENTIFIER));
    fails(
        rule,
        "of_another_issuer",
        leaf(),
        r -> r.set(Oids.AUTHORITY_KEY_IDENTIFIER, Extensions.authorityKeyIdentifier(new byte[20])));
    fails(rule, "without_key", leaf(), r -> r.value(Oids.AUTHORITY_KEY_IDENTIFIER, false, "3000"));
  }
}
