package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.LintRule.require;

import dev.countersign.pki.DerReader;
import dev.countersign.pki.MalformedDerException;
import dev.countersign.server.lint.LintRule;
import dev.countersign.server.lint.LintSubject;
import java.util.HashSet;
import java.util.Set;

/**
 * RFC 5280 4.1.2.6, A.1: a subject of UTF8String or PrintableString values within their bounds,
 * each attribute once, without control characters; a CA's is not empty.
 */
public final class SubjectNameIsShown implements LintRule {

  @Override
  public void check(LintSubject subject) throws MalformedDerException {
    if (subject.draft().hasEmptySubject()) {
      require(!subject.isCa(), "a CA without a name");
      return;
    }
    Set<String> seen = new HashSet<>();
    DerReader name = DerReader.of(subject.draft().subject()).sequence();
    while (!name.atEnd()) {
      DerReader set = name.set();
      DerReader attribute = set.sequence();
      set.end();
      String type = attribute.oid();
      require(seen.add(type), "attribute " + type + " is there twice");
      require(
          attribute.isNext(DerReader.UTF8_STRING) || attribute.isNext(DerReader.PRINTABLE_STRING),
          "attribute " + type + " is neither UTF8String nor PrintableString");
      String value = attribute.string();
      attribute.end();
      // ub-common-name and ub-organization-name are 64
      require(
          !value.isBlank() && value.length() <= 64, "attribute " + type + " is empty or too long");
      require(
          value.chars().noneMatch(Character::isISOControl),
          "attribute " + type + " has control characters");
    }
  }
}
