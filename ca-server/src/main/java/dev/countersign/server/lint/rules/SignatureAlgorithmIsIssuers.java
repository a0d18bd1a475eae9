package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.LintRule.require;

import dev.countersign.server.lint.LintRule;
import dev.countersign.server.lint.LintSubject;
import java.util.Arrays;

/**
 * RFC 5280 4.1.2.3: the algorithm inside is the one that the issuer's key signs with, parameters
 * included.
 */
public final class SignatureAlgorithmIsIssuers implements LintRule {

  @Override
  public void check(LintSubject subject) {
    require(
        Arrays.equals(subject.draft().signature(), subject.signatureAlgorithm()),
        "the signature algorithm is not that of the issuer's key");
  }
}
