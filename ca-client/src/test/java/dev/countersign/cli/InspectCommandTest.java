package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.client.testing.AuthorityDouble;
import dev.countersign.client.testing.Crls;
import dev.countersign.pki.CertificateRequest;
import dev.countersign.pki.EncryptedPrivateKey;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.Names;
import dev.countersign.pki.Pem;
import dev.countersign.pki.PrivateKeys;
import dev.countersign.pki.testing.MovableClock;
import dev.countersign.pki.testing.TestCa;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InspectCommandTest {
  @TempDir static Path temp;

  private final MovableClock clock =
      new MovableClock(Instant.now().truncatedTo(ChronoUnit.SECONDS));
  private final TestCa ca = TestCa.create(clock);
  private final SecureRandom random = new SecureRandom();
  private AuthorityDouble authority;
  private CliRun cli;
  private Path current;

  @BeforeAll
  void start() {
    authority = AuthorityDouble.start(ca, clock);
    cli = new CliRun(clock, temp);
    cli.stdin(authority.string("orders").encode())
        .run("enroll", "-", "--dir", temp.resolve("orders").toString())
        .ends(0);
    current = temp.resolve("orders/current");
  }

  @AfterAll
  void stop() {
    authority.close();
  }

  private JsonNode items(byte[] content, String... more) {
    List<String> arguments = new java.util.ArrayList<>(List.of("inspect", "-", "--json"));
    arguments.addAll(List.of(more));
    return cli.stdin(content).run(arguments.toArray(new String[0])).ends(0).json().get("items");
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void a_chain() {
    CliRun.Result text = cli.run("inspect", current.resolve("fullchain.pem").toString()).ends(0);
    assertThat(text.out())
        .contains("orders.internal", "serverAuth", "clientAuth", ca.issuing().pin().toString());
    JsonNode items =
        cli.run("inspect", current.resolve("fullchain.pem").toString(), "--json")
            .json()
            .get("items");
    assertThat(items).hasSize(2);
    assertThat(items.at("/0/kind").textValue()).isEqualTo("certificate");
    assertThat(items.at("/0/isCa").booleanValue()).isFalse();
    assertThat(items.at("/1/isCa").booleanValue()).isTrue();
    assertThat(items(ca.root().encoded()).at("/0/subject").textValue()).isEqualTo("CN=Test Root");
  }

  @Test
  void a_request_checked_as_the_authority_would() throws Exception {
    byte[] der =
        CertificateRequest.create(
            KeyAlgorithm.P256.generate(random),
            Optional.of("orders"),
            Names.builder().dns("a.internal").build());
    for (byte[] content : List.of(der, ascii(Pem.encode("CERTIFICATE REQUEST", der)))) {
      JsonNode request = items(content).get(0);
      assertThat(request.get("kind").textValue()).isEqualTo("certificate-request");
      assertThat(request.at("/names/dns/0").textValue()).isEqualTo("a.internal");
      assertThat(request.get("signature").textValue()).isEqualTo("verified");
    }
    der[der.length - 1] ^= 1;
    assertThat(items(ascii(Pem.encode("CERTIFICATE REQUEST", der))).get(0).has("problem")).isTrue();
  }

  @Test
  void a_revocation_list() {
    String pem = Crls.of(ca.issuing(), ca.issuingKey(), ca, clock, List.of(BigInteger.TEN));
    for (byte[] content : List.of(ascii(pem), Pem.decode(pem).get(0).content())) {
      JsonNode crl = items(content).get(0);
      assertThat(crl.get("kind").textValue()).isEqualTo("crl");
      assertThat(crl.get("number").textValue()).isEqualTo("1");
      assertThat(crl.at("/revoked/0/serial").textValue()).endsWith("0a").hasSize(40);
      assertThat(crl.at("/revoked/0/reason").textValue()).isEqualTo("keyCompromise");
    }
  }

  @Test
  void key_stores() {
    String password = current.resolve("store.password").toString();
    JsonNode keys =
        cli.run(
                "inspect",
                current.resolve("keystore.p12").toString(),
                "--password-file",
                password,
                "--json")
            .ends(0)
            .json()
            .get("items");
    assertThat(keys.findValuesAsText("kind"))
        .containsExactly("key-entry", "certificate", "certificate");
    JsonNode trust =
        cli.run(
                "inspect",
                current.resolve("truststore.p12").toString(),
                "--password-file",
                password,
                "--json")
            .ends(0)
            .json()
            .get("items");
    assertThat(trust.findValuesAsText("kind")).containsExactly("trusted-entry", "certificate");
    // Certificates are no secret: our stores show them without a password.
    cli.run("inspect", current.resolve("keystore.p12").toString()).ends(0);
    assertThat(
            cli.run(
                    "inspect",
                    current.resolve("keystore.p12").toString(),
                    "--password-file",
                    current.resolve("key.pem").toString())
                .ends(7)
                .err())
        .contains("the password does not open it", "--password-file");
  }

  @Test
  void keys_by_their_public_part_alone() throws Exception {
    KeyPair key = KeyAlgorithm.P256.generate(random);
    byte[] pkcs8 = PrivateKeys.encode(key);
    for (byte[] content : List.of(pkcs8, ascii(PrivateKeys.toPem(key)))) {
      CliRun.Result result = cli.stdin(content).run("inspect", "-").ends(0);
      assertThat(result.out()).contains("private-key", "P-256", "sha256:");
      assertThat(result.out().lines()).hasSize(3);
    }
    assertThat(items(key.getPublic().getEncoded()).at("/0/kind").textValue())
        .isEqualTo("public-key");
    String encrypted = EncryptedPrivateKey.encrypt(key, "secret".toCharArray(), random);
    assertThat(cli.stdin(encrypted).run("inspect", "-").ends(0).out())
        .contains("give --password-file");
    Path password = Files.writeString(temp.resolve("password"), "secret\n");
    assertThat(
            items(ascii(encrypted), "--password-file", password.toString())
                .get(0)
                .get("pin")
                .textValue())
        .startsWith("sha256:");
    Files.writeString(password, "wrong");
    assertThat(
            cli.stdin(encrypted)
                .run("inspect", "-", "--password-file", password.toString())
                .ends(7)
                .err())
        .contains("password does not open");
  }

  @Test
  void an_enrolment_string_without_its_seed() {
    String string = authority.string("billing").encode();
    CliRun.Result result = cli.stdin(string).run("inspect", "-").ends(0);
    assertThat(result.out())
        .contains(ca.root().pin().toString(), authority.url().toString(), "valid");
    assertThat(result.out()).doesNotContain("seed").doesNotContain(string.substring(20, 60));
    assertThat(cli.run("inspect", string).ends(2).err())
        .contains("others can see")
        .doesNotContain(string.substring(20, 60));
  }

  @Test
  void nonsense_is_told() {
    assertThat(cli.stdin("hello").run("inspect", "-").ends(7).err())
        .contains("neither PEM nor DER");
    assertThat(cli.stdin("").run("inspect", "-").ends(7).err()).contains("it is empty");
    assertThat(cli.stdin("-----BEGIN CERTIFICATE-----\nMIIB").run("inspect", "-").ends(7).err())
        .contains("cut off");
    assertThat(cli.stdin(new byte[] {0x30, 3, 2, 1, 1}).run("inspect", "-").ends(7).err())
        .contains("no certificate");
    assertThat(cli.run("inspect", temp.resolve("absent").toString()).ends(7).err())
        .contains("does not exist");
  }

  @Test
  void a_live_server() {
    String address = "localhost:" + authority.url().getPort();
    CliRun.Result untrusted = cli.run("inspect", address).ends(4);
    assertThat(untrusted.out()).contains("TLSv1.3", "trusted:", "CN=localhost");
    assertThat(untrusted.err()).contains("Not trusted");
    int before = authority.requests.size();
    JsonNode seen =
        cli.run(
                "inspect",
                authority.url().toString(),
                "--trust",
                current.resolve("trust.pem").toString(),
                "--json")
            .ends(0)
            .json()
            .get("items");
    assertThat(seen.at("/0/trusted").booleanValue()).isTrue();
    assertThat(seen).hasSize(4);
    cli.run("inspect", address, "--dir", temp.resolve("orders").toString()).ends(0);
    assertThat(authority.requests).hasSize(before);
    assertThat(
            cli.run(
                    "inspect",
                    "127.0.0.1:" + authority.url().getPort(),
                    "--dir",
                    temp.resolve("orders").toString())
                .ends(4)
                .err())
        .contains("not for 127.0.0.1");
    assertThat(cli.run("inspect", "localhost:1").ends(6).err()).contains("refused");
    assertThat(cli.run("inspect", "nowhere.invalid:443").ends(6).err()).contains("not known");
  }
}
