package dev.countersign.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SerialNumberTest {

  @Test
  void a_random_serial_is_an_INTEGER_of_exactly_20_octets() {
    SecureRandom random = new SecureRandom();
    Set<SerialNumber> seen = new HashSet<>();
    for (int i = 0; i < 2000; i++) {
      SerialNumber serial = SerialNumber.random(random);
      assertThat(serial.bytes()[0]).isBetween((byte) 1, (byte) 0x7f);
      assertThat(serial.toBigInteger().toByteArray()).hasSize(20).isEqualTo(serial.bytes());
      assertThat(seen.add(serial)).isTrue();
      assertThat(SerialNumber.parse(serial.toString())).isEqualTo(serial);
      assertThat(SerialNumber.of(serial.toBigInteger())).isEqualTo(serial);
    }
  }

  @Test
  void a_first_octet_of_0_is_drawn_again() {
    SecureRandom counting =
        new SecureRandom() {
          private static final long serialVersionUID = 1L;
          private byte next = 0;

          @Override
          public void nextBytes(byte[] bytes) {
            java.util.Arrays.fill(bytes, next == 0 ? (byte) 0x80 : next);
            next++;
          }
        };
    assertThat(SerialNumber.random(counting)).hasToString("01".repeat(20));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "0A:0b, a0b", "'  ff ', ff", "00000000000000000000000000000000000000ff, ff"})
  void reads_what_other_tools_print(String text, String value) {
    SerialNumber serial = SerialNumber.parse(text);
    assertThat(serial.toBigInteger()).isEqualTo(new BigInteger(value, 16));
    assertThat(serial.toString()).hasSize(40).endsWith(value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ":", "0x10", "g", "-1", "1 2", "11111111111111111111111111111111111111111"})
  void refuses_other_text(String text) {
    assertThatThrownBy(() -> SerialNumber.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 to 40 hexadecimal digits");
  }

  @Test
  void refuses_numbers_out_of_range() {
    assertThat(SerialNumber.of(BigInteger.ZERO)).hasToString("0".repeat(40));
    assertThat(SerialNumber.of(BigInteger.ONE.shiftLeft(160).subtract(BigInteger.ONE)))
        .hasToString("f".repeat(40));
    assertThatThrownBy(() -> SerialNumber.of(BigInteger.ONE.shiftLeft(160)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SerialNumber.of(BigInteger.ONE.negate()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void orders_like_the_numbers() {
    assertThat(SerialNumber.parse("ff")).isGreaterThan(SerialNumber.parse("1"));
    assertThat(SerialNumber.parse("ff" + "00".repeat(19)))
        .isGreaterThan(SerialNumber.parse("7f" + "00".repeat(19)));
  }
}
