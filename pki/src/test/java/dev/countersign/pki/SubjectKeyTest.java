package dev.countersign.pki;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.pki.testing.TestKeys;
import java.math.BigInteger;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SubjectKeyTest {

  @ParameterizedTest
  @EnumSource(KeyAlgorithm.class)
  void accepts_a_key_of_each_algorithm(KeyAlgorithm algorithm) throws Exception {
    PublicKey key = TestKeys.of(algorithm).getPublic();
    SubjectKey checked = SubjectKey.checked(key.getEncoded());
    assertThat(checked.algorithm()).isEqualTo(algorithm.label());
    assertThat(checked.encoded()).isEqualTo(key.getEncoded());
    assertThat(checked.publicKey()).isEqualTo(key);
    assertThat(checked.keyIdentifier())
        .isEqualTo(new JcaX509ExtensionUtils().createSubjectKeyIdentifier(key).getKeyIdentifier());
    assertThat(checked.sha256())
        .isEqualTo(MessageDigest.getInstance("SHA-256").digest(key.getEncoded()));
    assertThat(checked).isEqualTo(SubjectKey.checked(key.getEncoded()));
  }

  @Test
  void accepts_P_521() throws Exception {
    KeyPairGenerator keys = KeyPairGenerator.getInstance("EC");
    keys.initialize(new ECGenParameterSpec("secp521r1"));
    PublicKey key = keys.generateKeyPair().getPublic();
    SubjectKey checked = SubjectKey.checked(key.getEncoded());
    assertThat(checked.algorithm()).isEqualTo("P-521");
    assertThat(checked.publicKey()).isEqualTo(key);
  }

  @Test
  void close_factors_are_found_within_a_hundred_rounds() {
    BigInteger p = BigInteger.ONE.shiftLeft(600).nextProbablePrime();
    assertThat(RsaChecks.hasCloseFactors(p.multiply(p.nextProbablePrime()))).isTrue();
    assertThat(RsaChecks.hasCloseFactors(p.multiply(p.shiftLeft(1).nextProbablePrime()))).isFalse();
  }

  @Test
  void few_ordinary_moduli_look_like_ROCA() {
    assertThat(RsaChecks.isRoca(BigInteger.ONE.shiftLeft(2047).setBit(0))).isFalse();
    assertThat(RsaChecks.isRoca(BigInteger.valueOf(65537).pow(128))).isTrue();
  }
}
