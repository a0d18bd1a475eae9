package dev.countersign.server.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.testing.TestKeys;
import java.security.SecureRandom;
import java.security.Security;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NativeProviderTest {

  @Test
  void says_who_signs_and_may_be_asked_twice() {
    boolean before = Security.getProvider("AmazonCorrettoCryptoProvider") != null;
    try {
      String name = NativeProvider.install().provider();
      assertThat(NativeProvider.install().provider()).isEqualTo(name);
      assertThat(Security.getProviders("Signature.SHA256withECDSA")[0].getName())
          .isEqualTo(name.substring(0, name.indexOf(' ')));
    } finally {
      remove(before);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = KeyAlgorithm.class,
      names = {"P256", "P384", "RSA_2048", "ED25519"})
  void signs_with_each_algorithm(KeyAlgorithm algorithm) {
    boolean before = Security.getProvider("AmazonCorrettoCryptoProvider") != null;
    try {
      String name = NativeProvider.install().provider();
      SigningKey key = SigningKey.of(TestKeys.of(algorithm), new SecureRandom()); // proves itself
      assertThat(name).startsWith(key.provider());
      SigningKey.of(algorithm.generate(new SecureRandom()), new SecureRandom());
    } finally {
      remove(before);
    }
  }

  private static void remove(boolean wasThereBefore) {
    if (!wasThereBefore) {
      Security.removeProvider("AmazonCorrettoCryptoProvider");
    }
  }
}
