package dev.countersign.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.countersign.pki.InvalidRequestException.Fault;
import dev.countersign.pki.testing.BadCsrs;
import dev.countersign.pki.testing.CertTool;
import dev.countersign.pki.testing.KeyTool;
import dev.countersign.pki.testing.OpenSsl;
import dev.countersign.pki.testing.TestKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class CertificateRequestTest {
  @TempDir Path folder;

  static List<BadCsrs.Sample> bad() {
    return BadCsrs.all();
  }

  static List<BadCsrs.Sample> oddButGood() {
    return BadCsrs.oddButGood();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bad")
  void refuses_a_request_with(BadCsrs.Sample sample) {
    InvalidRequestException refused =
        catchThrowableOfType(
            InvalidRequestException.class, () -> CertificateRequest.verified(sample.der()));
    assertThat(refused).as("%s must be refused", sample.name()).isNotNull();
    assertThat(refused.fault()).as(refused.detail()).isEqualTo(sample.fault());
    assertThat(refused.detail()).matches("[\\x20-\\x7e…²-]{10,400}");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("oddButGood")
  void accepts_a_request_with(BadCsrs.Sample sample) throws Exception {
    assertThat(CertificateRequest.verified(sample.der()).encoded()).isEqualTo(sample.der());
  }

  @Test
  void bad_samples_have_different_names() {
    List<String> names = BadCsrs.all().stream().map(BadCsrs.Sample::name).toList();
    assertThat(new HashSet<>(names)).hasSameSizeAs(names).hasSizeGreaterThan(100);
  }

  @ParameterizedTest
  @CsvSource({
    "RSA_modulus_prime, is prime",
    "RSA_modulus_with_the_factor_3, small factor",
    "RSA_modulus_with_the_factor_751, small factor",
    "RSA_modulus_of_close_primes, close",
    "RSA_modulus_a_square, close",
    "RSA_modulus_of_the_ROCA_generator, ROCA",
    "RSA_modulus_even, even",
    "RSA_exponent_of_33_bits, exponent",
    "Ed25519_point_of_order_8, prime-order",
    "coordinate_not_reduced, not on the curve",
    "nested_40_deep, nested too deeply",
    "outer_indefinite_length, indefinite length (BER) at byte 0",
    "ECDSA_with_SHA_1, SHA-1",
    "PSS_parameters_all_default, SHA-1",
    "PSS_with_SHA_224, another hash",
    "PSS_mask_of_another_hash, mask of another hash",
    "PSS_salt_of_222_octets, rsa_pss_saltlen:digest",
    "PSS_trailer_2, trailer",
    "RSA_key_for_PSS_alone, rsaEncryption",
    "101_names, more than 100"
  })
  void says_what_is_wrong_with(String name, String reason) {
    BadCsrs.Sample sample =
        BadCsrs.all().stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
    assertThatThrownBy(() -> CertificateRequest.verified(sample.der()))
        .hasMessageContaining(reason);
  }

  @Test
  void no_cut_and_no_flipped_byte_of_a_good_request_is_accepted() {
    byte[] good = BadCsrs.good();
    for (int length = 0; length < good.length; length++) {
      byte[] cut = Arrays.copyOf(good, length);
      assertThatThrownBy(() -> CertificateRequest.verified(cut))
          .isInstanceOf(InvalidRequestException.class);
    }
    Random random = new Random(1);
    for (int i = 0; i < good.length; i++) {
      byte[] changed = good.clone();
      changed[i] ^= (byte) (1 + random.nextInt(255));
      assertThatThrownBy(() -> CertificateRequest.verified(changed))
          .as("byte %d", i)
          .isInstanceOf(InvalidRequestException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(KeyAlgorithm.class)
  void what_it_makes_it_reads_and_openssl_verifies(KeyAlgorithm algorithm) throws Exception {
    Names names =
        Names.builder()
            .dns("orders.example", "*.orders.example")
            .ip("10.0.0.1", "2001:db8::1")
            .uri("spiffe://example/orders")
            .email("ops@example")
            .build();
    byte[] der = CertificateRequest.create(TestKeys.of(algorithm), Optional.of("orders"), names);

    CertificateRequest request = CertificateRequest.verified(der);
    assertThat(request.names()).isEqualTo(names);
    assertThat(request.commonName()).contains("orders");
    assertThat(request.key().algorithm()).isEqualTo(algorithm.label());
    assertThat(request.key().publicKey()).isEqualTo(TestKeys.of(algorithm).getPublic());
    assertThat(request.asksForCa()).isFalse();
    assertThat(request.requestedExtensions()).isEmpty();

    Files.write(folder.resolve("r.der"), der);
    assertThat(
            OpenSsl.run(
                    folder, "req", "-inform", "DER", "-in", "r.der", "-verify", "-noout", "-text")
                .succeeded()
                .output())
        .contains("verify OK")
        .contains("DNS:*.orders.example")
        .contains("IP Address:2001:DB8:0:0:0:0:0:1")
        .contains("URI:spiffe://example/orders")
        .contains("email:ops@example");
  }

  @Test
  void its_content_is_all_that_was_asked_for_and_not_the_signature() throws Exception {
    var key = TestKeys.of(KeyAlgorithm.P256);
    Optional<String> orders = Optional.of("orders");
    Names names = Names.builder().dns("orders.example").build();
    CertificateRequest first =
        CertificateRequest.verified(CertificateRequest.create(key, orders, names));
    CertificateRequest again =
        CertificateRequest.verified(CertificateRequest.create(key, orders, names));

    assertThat(again).isNotEqualTo(first); // ECDSA signs differently each time
    assertThat(again.contentSha256()).isEqualTo(first.contentSha256());
    List<byte[]> others =
        List.of(
            CertificateRequest.create(
                key, orders, Names.builder().dns("orders.example", "a.example").build()),
            CertificateRequest.create(key, orders, Names.none()),
            CertificateRequest.create(key, Optional.empty(), names),
            CertificateRequest.create(TestKeys.of(KeyAlgorithm.P384), orders, names));
    for (byte[] other : others) {
      assertThat(CertificateRequest.verified(other).contentSha256())
          .isNotEqualTo(first.contentSha256());
    }
  }

  @Test
  void a_request_without_names_has_no_extension_request() throws Exception {
    byte[] der =
        CertificateRequest.create(TestKeys.of(KeyAlgorithm.P256), Optional.empty(), Names.none());
    CertificateRequest request = CertificateRequest.verified(der);
    assertThat(request.names().isEmpty()).isTrue();
    assertThat(request.commonName()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "P-256, -newkey ec -pkeyopt ec_paramgen_curve:P-256",
    "P-384, -newkey ec -pkeyopt ec_paramgen_curve:P-384",
    "P-521, -newkey ec -pkeyopt ec_paramgen_curve:P-521",
    "RSA-2048, -newkey rsa:2048",
    "RSA-2048, -newkey rsa:2048 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest",
    "RSA-2048, -newkey rsa:2048 -sha384 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:48",
    "RSA-2048, -newkey rsa:2048 -sha512 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:64",
    "Ed25519, -newkey ed25519"
  })
  void reads_what_openssl_makes(String algorithm, String options) throws Exception {
    String command =
        "req -new "
            + options
            + " -nodes -keyout k.pem -out r.pem -subj /C=CH/O=Orders/CN=orders"
            + " -addext subjectAltName=DNS:Orders.Example,IP:10.0.0.1"
            + " -addext basicConstraints=critical,CA:TRUE -addext keyUsage=keyCertSign";
    OpenSsl.run(folder, command.split(" ")).succeeded();
    String pem = Files.readString(folder.resolve("r.pem"));

    CertificateRequest request = CertificateRequest.verified(pem);
    assertThat(request.key().algorithm()).isEqualTo(algorithm);
    assertThat(request.commonName()).contains("orders");
    assertThat(request.names().list())
        .containsExactly(SubjectName.dns("orders.example"), SubjectName.ip("10.0.0.1"));
    assertThat(request.asksForCa()).isTrue();
    assertThat(request.requestedExtensions())
        .containsExactly(Oids.BASIC_CONSTRAINTS, Oids.KEY_USAGE);
    assertThat(
            CertificateRequest.verified(Base64.getMimeEncoder().encodeToString(request.encoded())))
        .isEqualTo(request);
    assertThat(
            CertificateRequest.verified(Base64.getUrlEncoder().encodeToString(request.encoded())))
        .isEqualTo(request);
  }

  @Test
  void reads_what_keytool_makes() throws Exception {
    String store = "-keystore s.p12 -storepass changeit -alias a";
    KeyTool.run(
            folder,
            ("-genkeypair -keyalg EC -groupname secp256r1 -dname CN=orders " + store).split(" "))
        .succeeded();
    KeyTool.run(folder, ("-certreq -file r.pem -ext san=dns:orders.example " + store).split(" "))
        .succeeded();
    CertificateRequest request =
        CertificateRequest.verified(Files.readString(folder.resolve("r.pem")));
    assertThat(request.names().dns()).containsExactly("orders.example");
    assertThat(request.commonName()).contains("orders");
  }

  @Test
  void reads_what_certtool_makes() throws Exception {
    Files.writeString(
        folder.resolve("t.cfg"),
        "cn = orders\ndns_name = orders.example\nchallenge_password = x\n");
    CertTool.run(
            folder,
            "--generate-privkey",
            "--key-type",
            "ecdsa",
            "--curve",
            "secp256r1",
            "--outfile",
            "k.pem")
        .succeeded();
    CertTool.run(
            folder,
            "--generate-request",
            "--load-privkey",
            "k.pem",
            "--template",
            "t.cfg",
            "--outfile",
            "r.pem")
        .succeeded();
    CertificateRequest request =
        CertificateRequest.verified(Files.readString(folder.resolve("r.pem")));
    assertThat(request.names().dns()).containsExactly("orders.example");
  }

  @Test
  void text_that_is_no_request_is_malformed() {
    for (String text :
        List.of(
            "",
            "hello",
            "-----BEGIN CERTIFICATE REQUEST-----\n",
            Pem.encode("CERTIFICATE", BadCsrs.good()),
            Pem.encode("CERTIFICATE REQUEST", BadCsrs.good()).repeat(2),
            "A".repeat(200_000))) {
      InvalidRequestException refused =
          catchThrowableOfType(
              InvalidRequestException.class, () -> CertificateRequest.verified(text));
      assertThat(refused).as("'%.40s' must be refused", text).isNotNull();
      assertThat(refused.fault()).isEqualTo(Fault.MALFORMED);
    }
  }

  @Test
  void does_not_change_when_the_caller_changes_the_bytes() throws Exception {
    byte[] der = BadCsrs.good();
    CertificateRequest request = CertificateRequest.verified(der);
    der[20] ^= 1;
    request.encoded()[20] ^= 1;
    assertThat(request.encoded())
        .isEqualTo(CertificateRequest.verified(request.encoded()).encoded());
  }
}
