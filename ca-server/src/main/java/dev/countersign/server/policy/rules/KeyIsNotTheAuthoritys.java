package dev.countersign.server.policy.rules;

import dev.countersign.pki.SubjectKey;
import dev.countersign.server.policy.Claim;
import dev.countersign.server.policy.Rule;
import dev.countersign.server.refusal.Refusal;
import java.math.BigInteger;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;

/**
 * A key that is the CA's, or an RSA key that shares a factor with it, is known to more than one.
 */
public final class KeyIsNotTheAuthoritys implements Rule {

  @Override
  public void check(Claim claim) {
    SubjectKey key = claim.request().key();
    for (var authority : claim.surroundings().authorities()) {
      if (authority.hasKey(key.encoded())
          || shareFactor(key.publicKey(), authority.facts().publicKey())) {
        throw new Refusal(
            Refusal.Kind.BAD_PUBLIC_KEY,
            "The key is the key of a CA or shares a factor with it: make a new one, and find out where it came from.");
      }
    }
  }

  private static boolean shareFactor(PublicKey one, PublicKey other) {
    return one instanceof RSAPublicKey a
        && other instanceof RSAPublicKey b
        && !a.getModulus().gcd(b.getModulus()).equals(BigInteger.ONE);
  }
}
