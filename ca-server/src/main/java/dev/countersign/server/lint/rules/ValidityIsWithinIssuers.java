package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.LintRule.require;

import dev.countersign.server.lint.LintRule;
import dev.countersign.server.lint.LintSubject;
import java.time.Instant;

/**
 * RFC 5280 4.1.2.5, 6.1: begins before it ends, and neither begins before nor ends after its
 * issuer.
 */
public final class ValidityIsWithinIssuers implements LintRule {

  @Override
  public void check(LintSubject subject) {
    Instant from = subject.draft().notBefore().instant();
    Instant to = subject.draft().notAfter().instant();
    require(from.isBefore(to), "valid from " + from + " to " + to);
    require(
        !from.isBefore(subject.issuer().notBefore().instant()), "valid earlier than its issuer");
    require(!to.isAfter(subject.issuer().notAfter().instant()), "valid longer than its issuer");
  }
}
