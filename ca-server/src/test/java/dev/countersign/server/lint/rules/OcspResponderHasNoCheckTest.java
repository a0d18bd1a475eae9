package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.DraftRecipe.ca;
import static dev.countersign.server.lint.DraftRecipe.fails;
import static dev.countersign.server.lint.DraftRecipe.leaf;
import static dev.countersign.server.lint.DraftRecipe.passes;
import static dev.countersign.server.lint.DraftRecipe.responder;

import dev.countersign.pki.Oids;
import dev.countersign.server.authority.Extensions;
import dev.countersign.server.lint.LintSubject;
import java.util.List;
import org.junit.jupiter.api.Test;

class OcspResponderHasNoCheckTest {
  private final OcspResponderHasNoCheck rule = new OcspResponderHasNoCheck();

  @Test
  void refuses_responders_that_are_checked_and_others_that_are_not() {
    passes(rule, leaf());
    passes(rule, responder());
    passes(rule, ca());
    fails(rule, "responder_without_nocheck", responder(), r -> r.remove(Oids.OCSP_NO_CHECK));
    fails(
        rule,
        "nocheck_for_a_service",
        leaf(),
        r -> r.set(Oids.OCSP_NO_CHECK, Extensions.ocspNoCheck()));
    fails(
        rule,
        "responder_and_server",
        responder(),
        r ->
            r.set(
                Oids.EXTENDED_KEY_USAGE,
                Extensions.extendedKeyUsage(
                    List.of(LintSubject.OCSP_SIGNING, "1.3.6.1.5.5.7.3.1"))));
  }
}
