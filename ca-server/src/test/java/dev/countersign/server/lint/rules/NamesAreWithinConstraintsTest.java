package dev.countersign.server.lint.rules;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.pki.Oids;
import dev.countersign.server.authority.Extensions;
import dev.countersign.server.authority.NameConstraints;
import dev.countersign.server.lint.DraftRecipe;
import dev.countersign.server.lint.LintFailure;
import dev.countersign.server.lint.LintSubject;
import java.util.List;
import org.junit.jupiter.api.Test;

class NamesAreWithinConstraintsTest {
  private final NamesAreWithinConstraints rule = new NamesAreWithinConstraints();
  private final LintSubject issuer =
      DraftRecipe.ca()
          .set(
              Oids.NAME_CONSTRAINTS,
              Extensions.nameConstraints(
                  NameConstraints.permitted(
                      List.of(
                          "dns:example.internal",
                          "uri:example.internal",
                          "email:example.internal"))))
          .lintSubject();

  @Test
  void refuses_names_outside() {
    check(DraftRecipe.leaf());
    check(DraftRecipe.leaf().names(false, "dns", "*.example.internal", "example.internal"));
    check(DraftRecipe.leaf().names(false, "uri", "spiffe://example.internal/orders"));
    check(DraftRecipe.leaf().names(false, "email", "a@example.internal"));
    refused("other_domain", DraftRecipe.leaf().names(false, "dns", "a.example.com"));
    refused("similar_domain", DraftRecipe.leaf().names(false, "dns", "badexample.internal"));
    refused("other_trust_domain", DraftRecipe.leaf().names(false, "uri", "spiffe://other/orders"));
    refused("other_mail_host", DraftRecipe.leaf().names(false, "email", "a@example.com"));
  }

  private void check(DraftRecipe recipe) {
    assertThatCode(() -> rule.check(under(recipe))).doesNotThrowAnyException();
  }

  private void refused(String defect, DraftRecipe recipe) {
    assertThatThrownBy(() -> rule.check(under(recipe))).as(defect).isInstanceOf(LintFailure.class);
  }

  private LintSubject under(DraftRecipe recipe) {
    LintSubject subject = recipe.lintSubject();
    return new LintSubject(subject.draft(), issuer.draft(), subject.signatureAlgorithm(), false);
  }
}
