package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.DraftRecipe.ca;
import static dev.countersign.server.lint.DraftRecipe.fails;
import static dev.countersign.server.lint.DraftRecipe.leaf;
import static dev.countersign.server.lint.DraftRecipe.passes;
import static dev.countersign.server.lint.DraftRecipe.responder;
import static dev.countersign.server.lint.DraftRecipe.root;

import dev.countersign.pki.Oids;
import dev.countersign.server.authority.Extensions;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AuthorityInformationAccessTest {
  private final AuthorityInformationAccess rule = new AuthorityInformationAccess();

  private static final String OID = Oids.AUTHORITY_INFORMATION_ACCESS;

  @Test
  void refuses_certificates_without_a_way_to_their_issuer_and_responder() {
    passes(rule, leaf());
    passes(rule, ca());
    passes(rule, root());
    passes(rule, responder());
    fails(rule, "absent", leaf(), r -> r.remove(OID));
    fails(rule, "no_responder", leaf(), r -> r.set(OID, access(Optional.empty(), "http://a/b")));
    fails(
        rule,
        "CA_with_a_responder",
        ca(),
        r -> r.set(OID, access(Optional.of("http://a/ocsp"), "http://a/b")));
    fails(
        rule,
        "issuer_by_https",
        leaf(),
        r -> r.set(OID, access(Optional.of("http://a/ocsp"), "https://a/b")));
    fails(
        rule,
        "root_with_one",
        root(),
        r -> r.set(OID, access(Optional.of("http://a/ocsp"), "http://a/b")));
  }

  private static byte[] access(Optional<String> ocsp, String issuers) {
    return Extensions.authorityInformationAccess(ocsp, issuers);
  }
}
