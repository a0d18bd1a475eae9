package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.LintRule.require;

import dev.countersign.pki.DerReader;
import dev.countersign.pki.MalformedDerException;
import dev.countersign.pki.Oids;
import dev.countersign.server.lint.LintRule;
import dev.countersign.server.lint.LintSubject;

/**
 * RFC 5280 4.2.1.9: critical and there; a CA under a root has a path length of 0, all others have
 * none.
 */
public final class BasicConstraints implements LintRule {

  @Override
  public void check(LintSubject subject) throws MalformedDerException {
    var extension = subject.draft().extension(Oids.BASIC_CONSTRAINTS);
    require(extension.isPresent(), "absent");
    require(extension.get().critical(), "not critical");
    DerReader whole = extension.get().reader();
    DerReader value = whole.sequence();
    whole.end();
    boolean ca = value.boolDefaultFalse();
    boolean limited = value.isNext(DerReader.INTEGER);
    require(ca || !limited, "a path length without cA");
    if (limited) {
      require(value.integer(255) == 0, "an issuing CA may not certify further CAs");
    }
    value.end();
    require(!ca || subject.selfSigned() || limited, "an issuing CA without a path length");
    require(ca || !subject.selfSigned(), "a root without cA");
  }
}
