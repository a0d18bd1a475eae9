package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.LintRule.require;

import dev.countersign.pki.DerReader;
import dev.countersign.pki.MalformedDerException;
import dev.countersign.pki.Oids;
import dev.countersign.server.lint.LintRule;
import dev.countersign.server.lint.LintSubject;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * RFC 5280 4.2.1.13: everything that can be revoked says where the list is, by plain HTTP (8:
 * checking one certificate must not need another); not critical.
 */
public final class CrlDistributionPoints implements LintRule {

  private static final Pattern PLAIN_HTTP = Pattern.compile("http://[!-~]+");

  @Override
  public void check(LintSubject subject) throws MalformedDerException {
    var extension = subject.draft().extension(Oids.CRL_DISTRIBUTION_POINTS);
    if (subject.selfSigned() || subject.hasNoCheck()) {
      require(extension.isEmpty(), "a list for what is not looked up in one");
      return;
    }
    require(extension.isPresent(), "absent");
    require(!extension.get().critical(), "critical");
    DerReader whole = extension.get().reader();
    DerReader points = whole.sequence();
    whole.end();
    require(!points.atEnd(), "no distribution point");
    while (!points.atEnd()) {
      DerReader point = points.sequence();
      DerReader fullName = point.enter(0xa0).enter(0xa0);
      point.end(); // neither reasons nor cRLIssuer: one complete list
      String url = new String(fullName.content(0x86), StandardCharsets.ISO_8859_1);
      fullName.end();
      require(PLAIN_HTTP.matcher(url).matches(), "not a plain HTTP URL");
    }
  }
}
