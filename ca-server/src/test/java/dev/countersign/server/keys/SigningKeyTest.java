package dev.countersign.server.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.testing.TestKeys;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.Signature;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SigningKeyTest {

  @ParameterizedTest
  @EnumSource(
      value = KeyAlgorithm.class,
      names = {"P256", "P384", "RSA_2048", "ED25519"})
  void signs_from_many_threads_at_once(KeyAlgorithm algorithm) {
    KeyPair pair = TestKeys.of(algorithm);
    SigningKey key = SigningKey.of(pair, new SecureRandom());
    assertThat(key.algorithm()).isEqualTo(algorithm);
    List<Boolean> verified =
        IntStream.range(0, 64)
            .parallel()
            .mapToObj(
                i -> {
                  byte[] message =
                      ("message " + i).getBytes(java.nio.charset.StandardCharsets.UTF_8);
                  return verifies(pair, algorithm, message, key.sign(message));
                })
            .toList();
    assertThat(verified).doesNotContain(false);
  }

  @Test
  void signs_what_lies_in_pieces() {
    KeyPair pair = TestKeys.of(KeyAlgorithm.ED25519);
    SigningKey key = SigningKey.of(pair, new SecureRandom());
    List<byte[]> pieces = List.of(new byte[] {1}, new byte[0], new byte[] {2, 3});
    assertThat(key.sign(pieces)).isEqualTo(key.sign(new byte[] {1, 2, 3}));
  }

  @Test
  void halves_of_two_pairs_are_refused() {
    KeyPair mixed =
        new KeyPair(
            TestKeys.of(KeyAlgorithm.P256).getPublic(),
            TestKeys.fresh(KeyAlgorithm.P256).getPrivate());
    assertThatThrownBy(() -> SigningKey.of(mixed, new SecureRandom()))
        .isInstanceOf(KeyFileException.class);
  }

  @Test
  void says_nothing_about_itself() {
    SigningKey key = SigningKey.of(TestKeys.of(KeyAlgorithm.P256), new SecureRandom());
    assertThat(key).hasToString("SigningKey[P-256]");
  }

  private static boolean verifies(
      KeyPair pair, KeyAlgorithm algorithm, byte[] message, byte[] signature) {
    try {
      Signature verifier = Signature.getInstance(algorithm.signatureName());
      verifier.initVerify(pair.getPublic());
      verifier.update(message);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
