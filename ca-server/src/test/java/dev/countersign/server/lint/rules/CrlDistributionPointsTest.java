package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.DraftRecipe.ca;
import static dev.countersign.server.lint.DraftRecipe.fails;
import static dev.countersign.server.lint.DraftRecipe.leaf;
import static dev.countersign.server.lint.DraftRecipe.passes;
import static dev.countersign.server.lint.DraftRecipe.responder;
import static dev.countersign.server.lint.DraftRecipe.root;

import dev.countersign.pki.Oids;
import dev.countersign.server.authority.Extensions;
import org.junit.jupiter.api.Test;

class CrlDistributionPointsTest {
  private final CrlDistributionPoints rule = new CrlDistributionPoints();

  @Test
  void refuses_certificates_that_do_not_say_where_their_list_is() {
    passes(rule, leaf());
    passes(rule, ca());
    passes(rule, root());
    passes(rule, responder());
    fails(rule, "absent", leaf(), r -> r.remove(Oids.CRL_DISTRIBUTION_POINTS));
    fails(
        rule,
        "https",
        leaf(),
        r ->
            r.set(
                Oids.CRL_DISTRIBUTION_POINTS, Extensions.crlDistributionPoint("https://a/b.crl")));
    fails(rule, "no_point", leaf(), r -> r.value(Oids.CRL_DISTRIBUTION_POINTS, false, "3000"));
    fails(
        rule,
        "root_with_one",
        root(),
        r ->
            r.set(Oids.CRL_DISTRIBUTION_POINTS, Extensions.crlDistributionPoint("http://a/b.crl")));
  }
}
