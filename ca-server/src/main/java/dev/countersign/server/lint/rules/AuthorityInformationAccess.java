package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.LintRule.require;

import dev.countersign.pki.DerReader;
import dev.countersign.pki.MalformedDerException;
import dev.countersign.pki.Oids;
import dev.countersign.server.lint.LintRule;
import dev.countersign.server.lint.LintSubject;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * RFC 5280 4.2.2.1: where the issuer's certificate is, and for what an issuing CA signs, its OCSP
 * responder; by plain HTTP, not critical.
 */
public final class AuthorityInformationAccess implements LintRule {

  private static final String OCSP = "1.3.6.1.5.5.7.48.1";
  private static final String CA_ISSUERS = "1.3.6.1.5.5.7.48.2";

  private static final Pattern PLAIN_HTTP = Pattern.compile("http://[!-~]+");

  @Override
  public void check(LintSubject subject) throws MalformedDerException {
    var extension = subject.draft().extension(Oids.AUTHORITY_INFORMATION_ACCESS);
    if (subject.selfSigned()) {
      require(extension.isEmpty(), "a root has no issuer to fetch");
      return;
    }
    require(extension.isPresent(), "absent");
    require(!extension.get().critical(), "critical");
    Set<String> methods = new HashSet<>();
    DerReader whole = extension.get().reader();
    DerReader list = whole.sequence();
    whole.end();
    while (!list.atEnd()) {
      DerReader access = list.sequence();
      String method = access.oid();
      String url = new String(access.content(0x86), StandardCharsets.ISO_8859_1);
      access.end();
      require(method.equals(OCSP) || method.equals(CA_ISSUERS), "access method " + method);
      require(methods.add(method), "access method " + method + " twice");
      require(PLAIN_HTTP.matcher(url).matches(), "not a plain HTTP URL");
    }
    require(methods.contains(CA_ISSUERS), "no caIssuers");
    boolean hasResponder = !subject.isCa() && !subject.hasNoCheck();
    require(
        methods.contains(OCSP) == hasResponder,
        hasResponder ? "no OCSP responder" : "an OCSP responder that does not answer for this");
  }
}
