package dev.countersign.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.pki.testing.TestKeys;
import java.security.KeyPairGenerator;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KeyAlgorithmTest {

  @ParameterizedTest
  @EnumSource
  void knows_its_own_keys_and_signatures(KeyAlgorithm algorithm) throws Exception {
    assertThat(KeyAlgorithm.ofKey(TestKeys.of(algorithm).getPublic())).isEqualTo(algorithm);
    assertThat(KeyAlgorithm.parse(algorithm.label().toLowerCase(java.util.Locale.ROOT)))
        .isEqualTo(algorithm);
    assertThat(algorithm.signatureAlgorithm())
        .isEqualTo(
            new DefaultSignatureAlgorithmIdentifierFinder()
                .find(algorithm.signatureName())
                .getEncoded());
    assertThat(
            PrivateKeys.belongTogether(
                TestKeys.of(algorithm).getPrivate(), TestKeys.of(algorithm).getPublic()))
        .isTrue();
  }

  @Test
  void lists_the_choices() {
    assertThatThrownBy(() -> KeyAlgorithm.parse("DSA"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "unknown key algorithm 'DSA': choose one of P-256, P-384, RSA-2048, RSA-3072, RSA-4096, Ed25519");
  }

  @Test
  void refuses_keys_it_does_not_sign_with() throws Exception {
    KeyPairGenerator ed448 = KeyPairGenerator.getInstance("Ed448");
    assertThatThrownBy(() -> KeyAlgorithm.ofKey(ed448.generateKeyPair().getPublic()))
        .isInstanceOf(IllegalArgumentException.class);
    KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
    rsa.initialize(1024);
    assertThatThrownBy(() -> KeyAlgorithm.ofKey(rsa.generateKeyPair().getPublic()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
