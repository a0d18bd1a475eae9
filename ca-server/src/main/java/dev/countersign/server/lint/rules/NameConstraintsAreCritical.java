package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.LintRule.require;

import dev.countersign.pki.DerReader;
import dev.countersign.pki.MalformedDerException;
import dev.countersign.pki.Oids;
import dev.countersign.server.lint.LintRule;
import dev.countersign.server.lint.LintSubject;

/** RFC 5280 4.2.1.10: only in a CA's certificate, critical, and with something in it. */
public final class NameConstraintsAreCritical implements LintRule {

  @Override
  public void check(LintSubject subject) throws MalformedDerException {
    var extension = subject.draft().extension(Oids.NAME_CONSTRAINTS);
    if (extension.isEmpty()) {
      return;
    }
    require(subject.isCa(), "for no CA");
    require(extension.get().critical(), "not critical");
    DerReader whole = extension.get().reader();
    DerReader value = whole.sequence();
    whole.end();
    require(!value.atEnd(), "empty");
    while (!value.atEnd()) {
      int tag = value.peekTag();
      require(tag == 0xa0 || tag == 0xa1, "neither permitted nor excluded subtrees");
      DerReader subtrees = value.enter(tag);
      require(!subtrees.atEnd(), "no subtree");
      while (!subtrees.atEnd()) {
        DerReader subtree = subtrees.sequence();
        subtree.skip();
        subtree.end(); // minimum is 0 by default and maximum absent
      }
    }
  }
}
