package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.LintRule.require;

import dev.countersign.pki.DerReader;
import dev.countersign.pki.MalformedDerException;
import dev.countersign.pki.Oids;
import dev.countersign.server.lint.LintRule;
import dev.countersign.server.lint.LintSubject;
import java.util.HashSet;
import java.util.Set;

/**
 * RFC 5280 4.2.1.12: every certificate but a CA's says what it is for, and never that it is for
 * anything.
 */
public final class ExtendedKeyUsage implements LintRule {

  @Override
  public void check(LintSubject subject) throws MalformedDerException {
    var extension = subject.draft().extension(Oids.EXTENDED_KEY_USAGE);
    if (subject.isCa()) {
      require(extension.isEmpty(), "a CA of this kind has none");
      return;
    }
    require(extension.isPresent(), "absent");
    require(!extension.get().critical(), "critical");
    Set<String> purposes = purposes(extension.get().reader());
    require(!purposes.isEmpty(), "no purpose");
    require(!purposes.contains(Oids.ANY_EXTENDED_KEY_USAGE), "anyExtendedKeyUsage");
  }

  static Set<String> purposes(DerReader whole) throws MalformedDerException {
    DerReader list = whole.sequence();
    whole.end();
    Set<String> purposes = new HashSet<>();
    while (!list.atEnd()) {
      require(purposes.add(list.oid()), "a purpose twice");
    }
    return purposes;
  }
}
