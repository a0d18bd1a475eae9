package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.LintRule.require;

import dev.countersign.server.lint.LintRule;
import dev.countersign.server.lint.LintSubject;

/** RFC 5280 4.1.2.1: with extensions the version is v3, which is written as 2. */
public final class VersionIsThree implements LintRule {

  @Override
  public void check(LintSubject subject) {
    require(subject.draft().version() == 2, "the version is v" + (subject.draft().version() + 1));
  }
}
