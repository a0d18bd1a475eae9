package dev.countersign.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.Names;
import dev.countersign.pki.Pem;
import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.testing.CertTool;
import dev.countersign.pki.testing.OpenSsl;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.issuance.RecordedCertificate;
import dev.countersign.server.ocsp.OcspAnswer;
import dev.countersign.server.testing.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * With each algorithm of the two CA keys: a good, a revoked and a held certificate, judged by
 * others.
 */
class StrangersTest {
  @TempDir static Path temp;

  private record Keys(KeyAlgorithm root, KeyAlgorithm issuing) {
    String name() {
      return root.label() + "-" + issuing.label();
    }
  }

  private static final Keys[] KEYS = {
    new Keys(KeyAlgorithm.P256, KeyAlgorithm.P256),
    new Keys(KeyAlgorithm.P384, KeyAlgorithm.P384),
    new Keys(KeyAlgorithm.ED25519, KeyAlgorithm.ED25519),
    new Keys(KeyAlgorithm.RSA_2048, KeyAlgorithm.RSA_2048),
    new Keys(KeyAlgorithm.RSA_4096, KeyAlgorithm.RSA_3072),
    new Keys(KeyAlgorithm.ED25519, KeyAlgorithm.P256),
  };

  /** What one CA left in its folder for strangers to look at. */
  private static final class Exhibit {
    final Path folder;
    final TestAuthority ca;
    final RecordedCertificate good;
    final RecordedCertificate revoked;
    final RecordedCertificate held;

    Exhibit(Keys keys) throws IOException {
      folder = Files.createDirectory(temp.resolve(keys.name()));
      ca =
          TestAuthority.create(
              folder,
              keys.root(),
              keys.issuing(),
              Instant.now(),
              "dns:example.internal",
              "ip:10.0.0.0/8",
              "ip:fd00::/8",
              "email:example.internal",
              "uri:example.internal");
      Identity identity = ca.identity("orders", names());
      good = ca.issue(identity);
      revoked = ca.issue(identity);
      held = ca.issue(identity);
      RecordedCertificate nameless = ca.issue(ca.identity("reports", Names.none()));
      write("nameless.pem", nameless.certificate().toPem());
      write("nameless-chain.pem", Certificate.toPem(nameless.chain()));
      ca.revocations.revoke(
          revoked.certificate().serial(),
          RevocationReason.KEY_COMPROMISE,
          Optional.of(revoked.certificate().notBefore()),
          TestAuthority.actor());
      ca.revocations.hold(held.certificate().serial(), TestAuthority.actor());
      write("root.pem", ca.hierarchy.roots().get(0).certificate().toPem());
      write("issuing.pem", ca.hierarchy.issuing().certificate().toPem());
      write("good.pem", good.certificate().toPem());
      write("revoked.pem", revoked.certificate().toPem());
      write("held.pem", held.certificate().toPem());
      write("good-chain.pem", Certificate.toPem(good.chain()));
      write("revoked-chain.pem", Certificate.toPem(revoked.chain()));
      byte[] issuingCrl = ca.crls.publishNow("issuing-1").der();
      byte[] rootCrl = ca.crls.current("root-1").orElseThrow().der();
      write("issuing.crl", Pem.encode("X509 CRL", issuingCrl));
      for (RecordedCertificate some : List.of(good, revoked, held)) {
        int shard = TestAuthority.SHARDS.of(some.certificate().serial());
        write(
            "shard-" + some.certificate().serial() + ".crl",
            Pem.encode("X509 CRL", ca.crls.current("issuing-1", shard).orElseThrow().der()));
      }
      write("root.crl", Pem.encode("X509 CRL", rootCrl));
      write("all.crl", Pem.encode("X509 CRL", issuingCrl) + Pem.encode("X509 CRL", rootCrl));
      ca.responders.start();
    }

    private static Names names() {
      try {
        return Names.builder()
            .dns("orders.example.internal", "*.orders.example.internal")
            .ip("10.1.2.3", "fd00::7")
            .email("orders@example.internal")
            .build();
      } catch (InvalidRequestException e) {
        throw new AssertionError(e);
      }
    }

    void write(String name, String text) throws IOException {
      Files.writeString(folder.resolve(name), text);
    }

    String openssl(String command) {
      return OpenSsl.run(folder, command.split(" ")).output();
    }
  }

  private static final List<Exhibit> EXHIBITS = new ArrayList<>();

  @BeforeAll
  static void issue_with_each_algorithm() throws IOException {
    for (Keys keys : KEYS) {
      EXHIBITS.add(new Exhibit(keys));
    }
  }

  @AfterAll
  static void close() {
    EXHIBITS.forEach(exhibit -> exhibit.ca.close());
  }

  @TestFactory
  Stream<DynamicNode> strangers_agree() {
    return EXHIBITS.stream()
        .map(
            exhibit ->
                DynamicContainer.dynamicContainer(
                    exhibit.folder.getFileName().toString(),
                    Stream.of(
                        test("openssl verifies the good one", () -> opensslVerifies(exhibit)),
                        test("openssl refuses the others", () -> opensslRefuses(exhibit)),
                        test("openssl takes shards", () -> opensslTakesShards(exhibit)),
                        test("the JDK takes shards", () -> jdkTakesShards(exhibit)),
                        test("certtool takes shards", () -> certtoolTakesShards(exhibit)),
                        test("openssl reads the CRLs", () -> opensslReadsCrls(exhibit)),
                        test("openssl asks by OCSP", () -> opensslAsks(exhibit)),
                        test("certtool verifies", () -> certtoolVerifies(exhibit)),
                        test("certtool verifies the CRLs", () -> certtoolVerifiesCrls(exhibit)),
                        test("the JDK checks CRLs", () -> jdkChecksCrls(exhibit)),
                        test("the JDK checks by OCSP", () -> jdkChecksOcsp(exhibit)))));
  }

  private static DynamicTest test(String name, Executable body) {
    return DynamicTest.dynamicTest(name, body);
  }

  private static final String VERIFY =
      "verify -x509_strict -crl_check_all -policy_check -CAfile root.pem -untrusted issuing.pem"
          + " -CRLfile issuing.crl -CRLfile root.crl ";

  private static void opensslVerifies(Exhibit exhibit) {
    assertThat(exhibit.openssl(VERIFY + "-purpose sslserver good.pem")).isEqualTo("good.pem: OK\n");
    assertThat(exhibit.openssl(VERIFY + "-purpose sslclient good.pem")).isEqualTo("good.pem: OK\n");
    assertThat(exhibit.openssl(VERIFY + "-verify_hostname a.orders.example.internal good.pem"))
        .isEqualTo("good.pem: OK\n");
    assertThat(exhibit.openssl(VERIFY + "nameless.pem")).isEqualTo("nameless.pem: OK\n");
    assertThat(exhibit.openssl(VERIFY + "-verify_ip fd00::7 good.pem")).isEqualTo("good.pem: OK\n");
  }

  private static void opensslRefuses(Exhibit exhibit) {
    assertThat(exhibit.openssl(VERIFY + "revoked.pem")).contains("error 23").contains("revoked");
    assertThat(exhibit.openssl(VERIFY + "held.pem")).contains("error 23");
  }

  private static String byShard(Exhibit exhibit, String leaf, RecordedCertificate list) {
    return exhibit.openssl(
        "verify -x509_strict -crl_check_all -CAfile root.pem -untrusted issuing.pem"
            + " -CRLfile root.crl -CRLfile shard-"
            + list.certificate().serial()
            + ".crl "
            + leaf);
  }

  private static void opensslTakesShards(Exhibit exhibit) {
    assertThat(byShard(exhibit, "good.pem", exhibit.good)).isEqualTo("good.pem: OK\n");
    assertThat(byShard(exhibit, "revoked.pem", exhibit.revoked)).contains("error 23");
    assertThat(byShard(exhibit, "held.pem", exhibit.held)).contains("error 23");
    if (shard(exhibit.good) != shard(exhibit.revoked)) {
      assertThat(byShard(exhibit, "revoked.pem", exhibit.good)).contains("different CRL scope");
    }
  }

  private static int shard(RecordedCertificate certificate) {
    return TestAuthority.SHARDS.of(certificate.certificate().serial());
  }

  private static void jdkTakesShards(Exhibit exhibit) {
    JdkValidator jdk = new JdkValidator(exhibit.ca);
    assertThat(jdk.byShard(exhibit.good, shard(exhibit.good))).isEqualTo("OK");
    assertThat(jdk.byShard(exhibit.revoked, shard(exhibit.revoked)))
        .isEqualTo("REVOKED KEY_COMPROMISE");
    assertThat(jdk.byShard(exhibit.held, shard(exhibit.held)))
        .isEqualTo("REVOKED CERTIFICATE_HOLD");
    int another = (shard(exhibit.revoked) + 1) % TestAuthority.SHARDS.count();
    assertThat(jdk.byShard(exhibit.revoked, another)).startsWith("UNDETERMINED");
  }

  private static void certtoolTakesShards(Exhibit exhibit) throws IOException {
    for (RecordedCertificate leaf : List.of(exhibit.good, exhibit.revoked)) {
      String shard = "shard-" + leaf.certificate().serial() + ".crl";
      exhibit.write(
          "both.crl",
          Files.readString(exhibit.folder.resolve(shard))
              + Files.readString(exhibit.folder.resolve("root.crl")));
      String said =
          CertTool.run(
                  exhibit.folder,
                  "--verify",
                  "--load-ca-certificate=root.pem",
                  "--load-crl=both.crl",
                  "--infile=" + (leaf == exhibit.good ? "good-chain.pem" : "revoked-chain.pem"))
              .output();
      assertThat(said.contains("revoked")).isEqualTo(leaf == exhibit.revoked);
    }
  }

  private static void opensslReadsCrls(Exhibit exhibit) {
    assertThat(exhibit.openssl("crl -in issuing.crl -noout -text -CAfile issuing.pem"))
        .contains("verify OK")
        .contains("Key Compromise")
        .contains("Certificate Hold")
        .contains("Invalidity Date")
        .contains("X509v3 Authority Key Identifier")
        .contains("X509v3 CRL Number");
    assertThat(exhibit.openssl("crl -in root.crl -noout -text -CAfile root.pem"))
        .contains("verify OK")
        .contains("No Revoked Certificates");
  }

  private static void opensslAsks(Exhibit exhibit) throws IOException {
    for (String hash : new String[] {"-sha1", "-sha256"}) {
      exhibit.openssl(
          "ocsp -issuer issuing.pem "
              + hash
              + " -cert good.pem "
              + hash
              + " -cert revoked.pem "
              + hash
              + " -cert held.pem -reqout request.der");
      OcspAnswer answer =
          exhibit.ca.askOcsp(
              "issuing-1", Files.readAllBytes(exhibit.folder.resolve("request.der")));
      Files.write(exhibit.folder.resolve("response.der"), answer.der());
      String checked = " -respin response.der -CAfile root.pem -verify_other issuing.pem";
      assertThat(exhibit.openssl("ocsp -reqin request.der" + checked))
          .contains("Response verify OK")
          .doesNotContainIgnoringCase("nonce");
      String said =
          exhibit.openssl(
              "ocsp -no_nonce -resp_text -issuer issuing.pem "
                  + hash
                  + " -cert good.pem "
                  + hash
                  + " -cert revoked.pem "
                  + hash
                  + " -cert held.pem"
                  + checked);
      assertThat(said)
          .contains("Response verify OK")
          .contains("good.pem: good")
          .contains("revoked.pem: revoked")
          .contains("Reason: keyCompromise")
          .contains("held.pem: revoked")
          .contains("Reason: certificateHold")
          .doesNotContain("WARNING");
    }
  }

  private static void certtoolVerifies(Exhibit exhibit) {
    assertThat(certtool(exhibit, "good-chain.pem"))
        .contains("Chain verification output: Verified. The certificate is trusted.");
    assertThat(certtool(exhibit, "nameless-chain.pem"))
        .contains("Chain verification output: Verified. The certificate is trusted.");
    assertThat(certtool(exhibit, "revoked-chain.pem")).contains("revoked");
  }

  private static String certtool(Exhibit exhibit, String chain) {
    return CertTool.run(
            exhibit.folder,
            "--verify",
            "--load-ca-certificate=root.pem",
            "--load-crl=all.crl",
            "--infile=" + chain)
        .output();
  }

  private static void certtoolVerifiesCrls(Exhibit exhibit) {
    assertThat(
            CertTool.run(
                    exhibit.folder,
                    "--verify-crl",
                    "--load-ca-certificate=issuing.pem",
                    "--infile=issuing.crl")
                .output())
        .contains("Verified");
    assertThat(
            CertTool.run(
                    exhibit.folder,
                    "--verify-crl",
                    "--load-ca-certificate=root.pem",
                    "--infile=root.crl")
                .output())
        .contains("Verified");
  }

  private static void jdkChecksCrls(Exhibit exhibit) {
    JdkValidator jdk = new JdkValidator(exhibit.ca);
    assertThat(jdk.byCrl(exhibit.good)).isEqualTo("OK");
    assertThat(jdk.byCrl(exhibit.revoked)).isEqualTo("REVOKED KEY_COMPROMISE");
    assertThat(jdk.byCrl(exhibit.held)).isEqualTo("REVOKED CERTIFICATE_HOLD");
  }

  private static void jdkChecksOcsp(Exhibit exhibit) {
    JdkValidator jdk = new JdkValidator(exhibit.ca);
    assertThat(jdk.byOcsp(exhibit.good)).isEqualTo("OK");
    assertThat(jdk.byOcsp(exhibit.revoked)).isEqualTo("REVOKED KEY_COMPROMISE");
    assertThat(jdk.byOcsp(exhibit.held)).isEqualTo("REVOKED CERTIFICATE_HOLD");
  }
}
