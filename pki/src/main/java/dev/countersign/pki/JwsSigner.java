package dev.countersign.pki;

import java.security.PrivateKey;

/** Something that signs a JWS with one key. */
public interface JwsSigner {
  JwsAlgorithm algorithm();

  byte[] sign(byte[] signingInput);

  static JwsSigner of(PrivateKey key) {
    JwsAlgorithm algorithm = JwsAlgorithm.forKey(key);
    return new JwsSigner() {
      @Override
      public JwsAlgorithm algorithm() {
        return algorithm;
      }

      @Override
      public byte[] sign(byte[] signingInput) {
        return algorithm.sign(key, signingInput);
      }
    };
  }

  static JwsSigner of(EnrollmentKey key) {
    return new JwsSigner() {
      @Override
      public JwsAlgorithm algorithm() {
        return JwsAlgorithm.EDDSA;
      }

      @Override
      public byte[] sign(byte[] signingInput) {
        return key.sign(signingInput);
      }
    };
  }
}
