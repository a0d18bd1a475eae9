package dev.countersign.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnrollmentKeyTest {
  private static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  @Test
  void derives_as_RFC_5869_says() {
    // A.1
    assertThat(
            EnrollmentKey.hkdf(
                hex("0b".repeat(22)),
                hex("000102030405060708090a0b0c"),
                hex("f0f1f2f3f4f5f6f7f8f9"),
                42))
        .isEqualTo(
            hex(
                "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"));
    // A.3: no salt, no info
    assertThat(EnrollmentKey.hkdf(hex("0b".repeat(22)), new byte[0], new byte[0], 42))
        .isEqualTo(
            hex(
                "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"));
  }

  @ParameterizedTest
  @CsvSource({
    // RFC 8032 7.1, tests 1 to 3
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a, '',"
        + " e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c, 72,"
        + " 92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025, af82,"
        + " 6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
  })
  void verifies_the_signatures_of_RFC_8032(String publicKey, String message, String signature) {
    assertThat(EnrollmentKey.verify(hex(publicKey), hex(message), hex(signature))).isTrue();
    assertThat(EnrollmentKey.verify(hex(publicKey), hex(message + "00"), hex(signature))).isFalse();
    // S + L is the same signature in another spelling (RFC 8032 8.4).
    byte[] malleable = hex(signature);
    BigInteger order =
        BigInteger.ONE.shiftLeft(252).add(new BigInteger("27742317777372353535851937790883648493"));
    BigInteger s = BigInteger.ZERO;
    for (int i = 63; i >= 32; i--) {
      s = s.shiftLeft(8).or(BigInteger.valueOf(malleable[i] & 0xff));
    }
    s = s.add(order);
    for (int i = 32; i < 64; i++) {
      malleable[i] = s.shiftRight(8 * (i - 32)).byteValue();
    }
    assertThat(EnrollmentKey.verify(hex(publicKey), hex(message), malleable)).isFalse();
  }

  @Test
  void both_sides_derive_the_same_key() {
    byte[] seed = hex("01".repeat(32));
    EnrollmentKey key = EnrollmentKey.derive(seed);
    EnrollmentKey same = EnrollmentKey.derive(seed.clone());
    assertThat(key.publicKey()).isEqualTo(same.publicKey()).hasSize(32);
    byte[] signature = key.sign(new byte[] {1, 2, 3});
    assertThat(signature).isEqualTo(same.sign(new byte[] {1, 2, 3})).hasSize(64);
    assertThat(EnrollmentKey.verify(same.publicKey(), new byte[] {1, 2, 3}, signature)).isTrue();
    assertThat(key).hasToString("enrolment key");
    seed[0]++;
    assertThat(EnrollmentKey.derive(seed).publicKey()).isNotEqualTo(key.publicKey());
  }

  @Test
  void is_frozen() {
    // The same by: openssl kdf -kdfopt digest:SHA2-256 -kdfopt hexkey:00… -kdfopt info:… HKDF
    assertThat(HexFormat.of().formatHex(EnrollmentKey.derive(new byte[32]).publicKey()))
        .as("a change here locks out every open enrolment")
        .isEqualTo("9c10f75f3c5e0e5be61e0f11cb96f61faa05aaf6444f444d8371e32f8f264645");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"
      })
  void nothing_verifies_with_a_key_of_low_order(String publicKey) {
    // R = B and S = 1 holds whenever the key times the hash is the identity: one message in eight,
    // or all.
    byte[] forged = hex("58" + "66".repeat(31) + "01" + "00".repeat(31));
    for (byte i = 0; i < 64; i++) {
      assertThat(EnrollmentKey.verify(hex(publicKey), new byte[] {i}, forged)).isFalse();
    }
  }

  @Test
  void what_is_no_key_or_signature_verifies_nothing() {
    EnrollmentKey key = EnrollmentKey.derive(new byte[32]);
    byte[] message = {1};
    byte[] signature = key.sign(message);
    assertThat(EnrollmentKey.verify(new byte[0], message, signature)).isFalse();
    assertThat(EnrollmentKey.verify(Arrays.copyOf(key.publicKey(), 33), message, signature))
        .isFalse();
    assertThat(EnrollmentKey.verify(key.publicKey(), message, new byte[0])).isFalse();
    assertThat(EnrollmentKey.verify(key.publicKey(), message, Arrays.copyOf(signature, 65)))
        .isFalse();
    assertThatThrownBy(() -> EnrollmentKey.derive(new byte[31]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
