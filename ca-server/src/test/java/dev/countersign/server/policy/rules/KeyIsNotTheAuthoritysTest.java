package dev.countersign.server.policy.rules;

import static dev.countersign.server.policy.Asked.granted;
import static dev.countersign.server.policy.Asked.refused;

import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.testing.MovableClock;
import dev.countersign.pki.testing.TestCa;
import dev.countersign.server.policy.Asked;
import dev.countersign.server.refusal.Refusal.Kind;
import dev.countersign.server.testing.InMemory;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.RSAPrivateKeySpec;
import java.security.spec.RSAPublicKeySpec;
import org.junit.jupiter.api.Test;

class KeyIsNotTheAuthoritysTest {
  private final KeyIsNotTheAuthoritys rule = new KeyIsNotTheAuthoritys();
  private final Asked asked = new Asked();

  @Test
  void the_key_of_a_CA_is_refused() {
    TestCa ca = TestCa.create(new MovableClock());
    asked.hierarchy = InMemory.of(ca);
    granted(rule, asked);
    asked.key = ca.issuingKey();
    refused(rule, asked, Kind.BAD_PUBLIC_KEY);
    asked.key = ca.rootKey();
    refused(rule, asked, Kind.BAD_PUBLIC_KEY);
  }

  @Test
  void an_RSA_key_with_a_factor_of_the_CAs_is_refused() throws GeneralSecurityException {
    TestCa ca = TestCa.create("RSA", KeyAlgorithm.RSA_2048, new MovableClock());
    asked.hierarchy = InMemory.of(ca);
    RSAPrivateCrtKey issuing = (RSAPrivateCrtKey) ca.issuingKey().getPrivate();
    asked.key = withFactor(issuing.getPrimeP());
    refused(rule, asked, Kind.BAD_PUBLIC_KEY, "factor");
  }

  private static KeyPair withFactor(BigInteger p) throws GeneralSecurityException {
    BigInteger e = BigInteger.valueOf(65537);
    while (true) {
      BigInteger q = BigInteger.probablePrime(1024, new SecureRandom());
      BigInteger n = p.multiply(q);
      BigInteger phi = p.subtract(BigInteger.ONE).multiply(q.subtract(BigInteger.ONE));
      if (n.bitLength() == 2048 && phi.gcd(e).equals(BigInteger.ONE)) {
        KeyFactory keys = KeyFactory.getInstance("RSA");
        return new KeyPair(
            keys.generatePublic(new RSAPublicKeySpec(n, e)),
            keys.generatePrivate(new RSAPrivateKeySpec(n, e.modInverse(phi))));
      }
    }
  }
}
