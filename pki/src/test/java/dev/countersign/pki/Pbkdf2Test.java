package dev.countersign.pki;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Pbkdf2Test {

  @Test
  void derives_what_rfc_7914_says_of_sha_256() throws Exception {
    // RFC 7914 11, the first 64 octets
    assertThat(derived("SHA256", "passwd", "salt", 1, 64))
        .isEqualTo(
            "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
                + "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783");
    assertThat(derived("SHA256", "Password", "NaCl", 80_000, 64))
        .isEqualTo(
            "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
                + "a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d");
  }

  @Test
  void derives_what_rfc_6070_says_of_sha_1_also_of_more_than_one_block() throws Exception {
    // RFC 6070 2
    assertThat(derived("SHA1", "password", "salt", 4096, 20))
        .isEqualTo("4b007901b765489abead49d926f721d065a429c1");
    assertThat(
            derived(
                "SHA1",
                "passwordPASSWORDpassword",
                "saltSALTsaltSALTsaltSALTsaltSALTsalt",
                4096,
                25))
        .isEqualTo("3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038");
  }

  @ParameterizedTest
  @CsvSource({"SHA1,16", "SHA256,32", "SHA384,24", "SHA512,32"})
  void derives_what_the_jdk_does_from_letters_beyond_ascii(String hash, int length)
      throws Exception {
    String passphrase = "Schlüssel \uD83D\uDD11";
    PBEKeySpec spec =
        new PBEKeySpec(passphrase.toCharArray(), "salt".getBytes(UTF_8), 1000, 8 * length);
    byte[] expected =
        SecretKeyFactory.getInstance("PBKDF2WithHmac" + hash).generateSecret(spec).getEncoded();
    assertThat(derived(hash, passphrase, "salt", 1000, length))
        .isEqualTo(HexFormat.of().formatHex(expected));
  }

  private static String derived(
      String hash, String passphrase, String salt, int iterations, int length)
      throws GeneralSecurityException {
    byte[] key =
        Pbkdf2.derive(hash, passphrase.toCharArray(), salt.getBytes(UTF_8), iterations, length);
    return HexFormat.of().formatHex(key);
  }
}
