package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.LintRule.require;

import dev.countersign.pki.DerReader;
import dev.countersign.pki.MalformedDerException;
import dev.countersign.pki.Oids;
import dev.countersign.server.lint.LintRule;
import dev.countersign.server.lint.LintSubject;

/**
 * RFC 8813 3, RFC 8410 5: keys of elliptic curves encipher nothing, Ed25519 keys do not agree on
 * keys either.
 */
public final class KeyUsageFitsKey implements LintRule {

  private static final int KEY_ENCIPHERMENT = 1 << 2;
  private static final int DATA_ENCIPHERMENT = 1 << 3;
  private static final int KEY_AGREEMENT = 1 << 4;

  @Override
  public void check(LintSubject subject) throws MalformedDerException {
    var extension = subject.draft().extension(Oids.KEY_USAGE);
    if (extension.isEmpty()) {
      return; // KeyUsage says so
    }
    int bits = KeyUsage.bits(extension.get().value());
    String algorithm = DerReader.of(subject.draft().publicKeyInfo()).sequence().sequence().oid();
    int wrong =
        switch (algorithm) {
          case Oids.RSA -> KEY_AGREEMENT;
          case Oids.EC_PUBLIC_KEY -> KEY_ENCIPHERMENT | DATA_ENCIPHERMENT;
          default -> KEY_ENCIPHERMENT | DATA_ENCIPHERMENT | KEY_AGREEMENT;
        };
    require((bits & wrong) == 0, "a usage that a key of algorithm " + algorithm + " cannot have");
  }
}
