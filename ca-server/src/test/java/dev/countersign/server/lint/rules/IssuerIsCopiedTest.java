package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.DraftRecipe.fails;
import static dev.countersign.server.lint.DraftRecipe.hex;
import static dev.countersign.server.lint.DraftRecipe.leaf;
import static dev.countersign.server.lint.DraftRecipe.passes;
import static dev.countersign.server.lint.DraftRecipe.root;
import static dev.countersign.server.lint.DraftRecipe.subject;

import org.junit.jupiter.api.Test;

class IssuerIsCopiedTest {
  private final IssuerIsCopied rule = new IssuerIsCopied();

  @Test
  void refuses_the_same_name_in_other_bytes() {
    passes(rule, leaf());
    passes(rule, root());
    fails(rule, "issuer_is_another", leaf(), r -> r.issuer = subject("Somebody"));
    fails(rule, "issuer_is_empty", leaf(), r -> r.issuer = hex("3000"));
    fails(rule, "root_that_names_another", root(), r -> r.issuer = subject("Somebody"));
    fails(
        rule,
        "issuer_in_another_string_type", // UTF8String 0c becomes PrintableString 13
        leaf(),
        r -> {
          byte[] other = r.issuer.clone();
          for (int i = 0; i < other.length - 1; i++) {
            if (other[i] == 0x0c) {
              other[i] = 0x13;
              break;
            }
          }
          r.issuer = other;
        });
  }
}
