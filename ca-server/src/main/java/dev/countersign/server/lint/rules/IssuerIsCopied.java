package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.LintRule.require;

import dev.countersign.server.lint.LintRule;
import dev.countersign.server.lint.LintSubject;
import java.util.Arrays;

/** RFC 5280 4.1.2.4: the issuer is the subject of the issuer's certificate, byte for byte. */
public final class IssuerIsCopied implements LintRule {

  @Override
  public void check(LintSubject subject) {
    require(!Arrays.equals(subject.draft().issuer(), new byte[] {0x30, 0}), "an empty issuer");
    require(
        Arrays.equals(subject.draft().issuer(), subject.issuer().subject()),
        "the issuer differs from the subject of the issuer's certificate");
  }
}
