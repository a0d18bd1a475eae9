package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.LintRule.require;

import dev.countersign.pki.DerReader;
import dev.countersign.pki.MalformedDerException;
import dev.countersign.pki.Oids;
import dev.countersign.server.lint.LintRule;
import dev.countersign.server.lint.LintSubject;
import java.util.Arrays;

/**
 * RFC 5280 4.2.1.1: not critical, the issuer's subject key identifier and nothing more; a root may
 * do without.
 */
public final class AuthorityKeyIdentifier implements LintRule {

  @Override
  public void check(LintSubject subject) throws MalformedDerException {
    var extension = subject.draft().extension(Oids.AUTHORITY_KEY_IDENTIFIER);
    if (extension.isEmpty()) {
      require(subject.selfSigned(), "absent");
      return;
    }
    require(!extension.get().critical(), "critical");
    DerReader whole = extension.get().reader();
    DerReader value = whole.sequence();
    whole.end();
    byte[] identifier = value.content(0x80);
    value.end();
    var issuers = subject.issuer().extension(Oids.SUBJECT_KEY_IDENTIFIER);
    require(issuers.isPresent(), "the issuer has no subject key identifier");
    require(
        Arrays.equals(identifier, issuers.get().reader().octetString()),
        "not the issuer's subject key identifier");
  }
}
