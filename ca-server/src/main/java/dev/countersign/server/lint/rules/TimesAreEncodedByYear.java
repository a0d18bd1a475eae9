package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.LintRule.require;

import dev.countersign.pki.DerReader;
import dev.countersign.server.lint.LintRule;
import dev.countersign.server.lint.LintSubject;
import dev.countersign.server.lint.TbsCertificate.Time;
import java.time.Instant;
import java.util.regex.Pattern;

/**
 * RFC 5280 4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050, both to the second and in
 * Zulu.
 */
public final class TimesAreEncodedByYear implements LintRule {

  private static final Instant FIRST_GENERALIZED = Instant.parse("2050-01-01T00:00:00Z");

  private static final Pattern GENERALIZED = Pattern.compile("[0-9]{14}Z");
  private static final Pattern UTC = Pattern.compile("[0-9]{12}Z");

  @Override
  public void check(LintSubject subject) {
    check(subject.draft().notBefore());
    check(subject.draft().notAfter());
  }

  private static void check(Time time) {
    boolean late = !time.instant().isBefore(FIRST_GENERALIZED);
    require(
        time.tag() == (late ? DerReader.GENERALIZED_TIME : DerReader.UTC_TIME),
        time.text() + " is in the wrong one of UTCTime and GeneralizedTime");
    require((late ? GENERALIZED : UTC).matcher(time.text()).matches(), time.text() + " is no time");
  }
}
