package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.LintRule.require;

import dev.countersign.pki.DerReader;
import dev.countersign.pki.MalformedDerException;
import dev.countersign.pki.Oids;
import dev.countersign.server.lint.LintRule;
import dev.countersign.server.lint.LintSubject;
import java.util.Set;

/**
 * RFC 6960 4.2.2.2: a certificate for signing OCSP answers is for nothing else, and says that it
 * need not be checked itself; no other certificate says so.
 */
public final class OcspResponderHasNoCheck implements LintRule {

  @Override
  public void check(LintSubject subject) throws MalformedDerException {
    var usage = subject.draft().extension(Oids.EXTENDED_KEY_USAGE);
    Set<String> purposes =
        usage.isPresent() ? ExtendedKeyUsage.purposes(usage.get().reader()) : Set.of();
    boolean responder = purposes.contains(LintSubject.OCSP_SIGNING);
    require(responder == subject.hasNoCheck(), "OCSPSigning and nocheck come together");
    if (!responder) {
      return;
    }
    require(purposes.size() == 1, "an OCSP responder with a second purpose");
    DerReader value = subject.draft().extension(Oids.OCSP_NO_CHECK).orElseThrow().reader();
    value.nul();
    value.end();
  }
}
