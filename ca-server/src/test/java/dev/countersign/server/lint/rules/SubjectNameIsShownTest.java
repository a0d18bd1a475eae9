package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.DraftRecipe.ca;
import static dev.countersign.server.lint.DraftRecipe.fails;
import static dev.countersign.server.lint.DraftRecipe.hex;
import static dev.countersign.server.lint.DraftRecipe.leaf;
import static dev.countersign.server.lint.DraftRecipe.passes;
import static dev.countersign.server.lint.DraftRecipe.subject;

import org.junit.jupiter.api.Test;

class SubjectNameIsShownTest {
  private final SubjectNameIsShown rule = new SubjectNameIsShown();

  @Test
  void refuses_names_that_cannot_be_shown() {
    passes(rule, leaf());
    passes(rule, ca());
    var nameless = leaf();
    nameless.subject = hex("3000");
    passes(rule, nameless);
    fails(rule, "CA_without_a_name", ca(), r -> r.subject = hex("3000"));
    fails(rule, "common_name_empty", leaf(), r -> r.subject = subject(""));
    fails(rule, "common_name_of_65_characters", leaf(), r -> r.subject = subject("x".repeat(65)));
    fails(rule, "common_name_with_NUL", leaf(), r -> r.subject = subject("a\u0000b"));
    fails(rule, "common_name_with_newline", leaf(), r -> r.subject = subject("a\nb"));
    fails(
        rule,
        "common_name_is_IA5String",
        leaf(),
        r -> r.subject = hex("300c 310a 3008 0603550403 160161".replace("300c", "300c")));
    fails(
        rule,
        "two_common_names",
        leaf(),
        r -> r.subject = hex("3018 310a 3008 0603550403 0c0161 310a 3008 0603550403 0c0162"));
  }
}
