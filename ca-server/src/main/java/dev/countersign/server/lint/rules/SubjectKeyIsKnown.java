package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.LintRule.require;

import dev.countersign.pki.DerReader;
import dev.countersign.pki.MalformedDerException;
import dev.countersign.pki.Oids;
import dev.countersign.server.lint.LintRule;
import dev.countersign.server.lint.LintSubject;

/**
 * RFC 5480 2.1.1, RFC 3279 2.3.1, RFC 8410 4: one of the encodings of a key that every relying
 * party reads; which keys are strong enough has been decided where the key was read.
 */
public final class SubjectKeyIsKnown implements LintRule {

  @Override
  public void check(LintSubject subject) throws MalformedDerException {
    DerReader info = DerReader.of(subject.draft().publicKeyInfo()).sequence();
    DerReader algorithm = info.sequence();
    byte[] key = info.bitStringOctets();
    info.end();
    String oid = algorithm.oid();
    switch (oid) {
      case Oids.EC_PUBLIC_KEY -> {
        int octets = fieldOctets(algorithm.oid());
        require(key.length == 1 + 2 * octets && key[0] == 4, "a point that is not uncompressed");
      }
      case Oids.RSA -> {
        algorithm.nul();
        DerReader rsa = DerReader.of(key).sequence();
        int bits = rsa.integer().bitLength();
        rsa.integer();
        rsa.end();
        require(bits >= 2048, "an RSA key of " + bits + " bits");
      }
      case Oids.ED25519 -> require(key.length == 32, "an Ed25519 key of " + key.length + " octets");
      default -> require(false, "a key of algorithm " + oid);
    }
    algorithm.end();
  }

  private static int fieldOctets(String curve) {
    return switch (curve) {
      case Oids.P256 -> 32;
      case Oids.P384 -> 48;
      case Oids.P521 -> 66;
      default -> {
        require(false, "a key on curve " + curve);
        yield 0;
      }
    };
  }
}
