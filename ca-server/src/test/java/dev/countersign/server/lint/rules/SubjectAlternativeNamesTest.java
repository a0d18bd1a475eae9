package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.DraftRecipe.fails;
import static dev.countersign.server.lint.DraftRecipe.hex;
import static dev.countersign.server.lint.DraftRecipe.leaf;
import static dev.countersign.server.lint.DraftRecipe.passes;

import dev.countersign.pki.Oids;
import org.junit.jupiter.api.Test;

class SubjectAlternativeNamesTest {
  private final SubjectAlternativeNames rule = new SubjectAlternativeNames();

  @Test
  void refuses_names_in_forms_that_relying_parties_do_not_compare() {
    passes(rule, leaf());
    var nameless = leaf().names(true, "dns", "a.example");
    nameless.subject = hex("3000");
    passes(rule, nameless);
    passes(rule, leaf().names(false, "dns", "*.a.example", "xn--bcher-kva.example"));
    passes(rule, leaf().names(false, "uri", "spiffe://example.internal/orders"));
    passes(rule, leaf().names(false, "email", "a.b@example.internal"));
    fails(rule, "critical_with_a_subject", leaf(), r -> r.names(true, "dns", "a.example"));
    fails(rule, "not_critical_without_a_subject", leaf(), r -> r.subject = hex("3000"));
    fails(
        rule,
        "neither_subject_nor_names",
        leaf(),
        r -> {
          r.subject = hex("3000");
          r.remove(Oids.SUBJECT_ALTERNATIVE_NAME);
        });
    fails(rule, "no_name", leaf(), r -> r.names(false, "dns"));
    fails(rule, "name_twice", leaf(), r -> r.names(false, "dns", "a.example", "a.example"));
    fails(rule, "upper_case", leaf(), r -> r.names(false, "dns", "A.example"));
    fails(rule, "trailing_dot", leaf(), r -> r.names(false, "dns", "a.example."));
    fails(rule, "space", leaf(), r -> r.names(false, "dns", "a b.example"));
    fails(rule, "NUL", leaf(), r -> r.names(false, "dns", "a\u0000.example"));
    fails(rule, "wildcard_in_the_middle", leaf(), r -> r.names(false, "dns", "a.*.example"));
    fails(rule, "two_wildcards", leaf(), r -> r.names(false, "dns", "*.*.example"));
    fails(rule, "relative_URI", leaf(), r -> r.names(false, "uri", "/orders"));
    passes(rule, leaf().names(false, "uri", "urn:orders", "https://orders.example/"));
    fails(
        rule,
        "SPIFFE_ID_beside_another_URI",
        leaf(),
        r -> r.names(false, "uri", "spiffe://example.internal/orders", "urn:orders"));
    fails(rule, "email_without_host", leaf(), r -> r.names(false, "email", "orders"));
    fails(
        rule,
        "IP_of_5_octets",
        leaf(),
        r -> r.value(Oids.SUBJECT_ALTERNATIVE_NAME, false, "300787050a00000001"));
    fails(
        rule,
        "directory_name",
        leaf(),
        r -> r.value(Oids.SUBJECT_ALTERNATIVE_NAME, false, "3004a4023000"));
    fails(
        rule,
        "101_names",
        leaf(),
        r ->
            r.names(
                false,
                "dns",
                java.util.stream.IntStream.range(0, 101)
                    .mapToObj(i -> "n" + i + ".example")
                    .toArray(String[]::new)));
  }
}
