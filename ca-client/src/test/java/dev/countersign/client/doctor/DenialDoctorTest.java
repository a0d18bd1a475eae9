package dev.countersign.client.doctor;

import static dev.countersign.client.doctor.Clinic.CA;
import static dev.countersign.client.doctor.Clinic.CLIENT;
import static dev.countersign.client.doctor.Clinic.CLOCK;
import static dev.countersign.client.doctor.Clinic.KEY;
import static dev.countersign.client.doctor.Clinic.LOCALHOST;
import static dev.countersign.client.doctor.Clinic.SERVER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.client.doctor.Clinic.Examination;
import dev.countersign.client.testing.CrlServer;
import dev.countersign.client.testing.Crls;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.testing.TestCa;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.bouncycastle.asn1.x509.CRLReason;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Who is let in and must not be, and the lists by which that is known. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DenialDoctorTest {
  @TempDir static Path temp;

  private final TestCa.Credential canary = Clinic.credential(CA, "canary");
  private Path client;
  private Path denied;

  @BeforeAll
  void start() throws IOException {
    client = Clinic.folder(temp, "client", CLIENT, CA.root());
    denied = Clinic.folder(temp, "denied", canary, CA.root());
    Files.writeString(denied.resolve("crl.pem"), revoking(canary.certificate()));
  }

  private static String revoking(Certificate certificate) {
    return Crls.of(CA, CLOCK.instant()).revoked(certificate, CRLReason.keyCompromise).pem()
        + Crls.ofRoot(CA, CLOCK.instant()).pem();
  }

  private static Opposite taking(Opposite.Verdict verdict) {
    return Opposite.needing(
        KEY.getPrivate(), SERVER.chain(), Opposite.trusting(CA.root(), verdict));
  }

  private void refuseCanary(java.security.cert.X509Certificate[] chain)
      throws CertificateException {
    if (chain[0].equals(canary.certificate().x509())) {
      throw new CertificateException("denied");
    }
  }

  @Test
  void who_is_revoked_and_let_in() {
    try (Opposite careless = taking(chain -> {});
        Opposite careful = taking(this::refuseCanary)) {
      Ailment found =
          new Examination(careless.port()).as(client).denied(denied).finds("denied-but-accepted");
      assertThat(found.certificate()).contains(canary.certificate());
      assertThat(found.sentence()).contains("CN=canary", "which is revoked");
      Diagnosis good = new Examination(careful.port()).as(client).denied(denied).diagnosis();
      assertThat(good.passed()).contains("denied-but-accepted");
      assertThat(good.isIll()).isFalse();
      // What is not revoked, or has ended, tells nothing
      Path live = Clinic.folder(temp, "live", canary, CA.root());
      assertThat(new Examination(careless.port()).as(client).denied(live).diagnosis().blind())
          .hasEntrySatisfying(
              "denied-but-accepted", why -> assertThat(why).contains("no revocation list"));
      assertThat(
              new Examination(careless.port())
                  .as(client)
                  .denied(denied)
                  .when(CLOCK.instant().plus(Duration.ofDays(40)))
                  .diagnosis()
                  .blind())
          .hasEntrySatisfying("denied-but-accepted", why -> assertThat(why).contains("is expired"));
    }
  }

  @Test
  void who_is_good_and_not_on_the_list() {
    Path stranger = Clinic.folder(temp, "stranger", canary, CA.root());
    try (Opposite careless = taking(chain -> {});
        Opposite careful = taking(this::refuseCanary)) {
      assertThat(
              new Examination(careless.port())
                  .as(client)
                  .stranger(stranger)
                  .finds("not-allowed-but-accepted")
                  .sentence())
          .contains("CN=canary", "to be signed by the authority is enough");
      assertThat(new Examination(careful.port()).as(client).stranger(stranger).diagnosis().passed())
          .contains("not-allowed-but-accepted");
    }
  }

  /** The server follows the denial at once, as far as Java's trust managers are asked. */
  @Test
  void who_is_refused_afresh_and_let_in_with_a_session_from_before() {
    Path folder = Clinic.folder(temp, "await", canary, CA.root());
    AtomicInteger met = new AtomicInteger();
    try (Opposite forgetful =
        taking(
            chain -> {
              if (chain[0].equals(canary.certificate().x509()) && met.incrementAndGet() > 1) {
                throw new CertificateException("denied");
              }
              if (met.get() == 1) {
                write(folder.resolve("crl.pem"), revoking(canary.certificate()));
              }
            })) {
      Examination examination =
          new Examination(forgetful.port())
              .as(client)
              .denied(folder)
              .awaiting(Duration.ofSeconds(20));
      Ailment found = examination.finds("resumed-although-denied");
      assertThat(found.sentence()).contains("CN=canary", "with a session from before");
    }
    try (Opposite refusing = taking(this::refuseCanary)) {
      assertThat(
              new Examination(refusing.port())
                  .as(client)
                  .denied(folder)
                  .awaiting(Duration.ofSeconds(1))
                  .diagnosis()
                  .blind())
          .hasEntrySatisfying(
              "resumed-although-denied",
              why -> assertThat(why).contains("refused from the beginning"));
    }
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void a_list_that_is_missing_or_has_ended() throws IOException {
    Path folder = Clinic.folder(temp, "lists", CLIENT, CA.root());
    Files.writeString(folder.resolve("crl.pem"), Crls.of(CA, CLOCK.instant()).pem());
    Ailment found = new Examination(1).as(folder).finds("list-missing");
    assertThat(found.sentence()).contains("CN=Ours Root", folder.resolve("crl.pem").toString());
    assertThat(found.mend()).isEqualTo("countersign trust --dir " + folder);
    Files.writeString(
        folder.resolve("crl.pem"),
        Crls.of(CA, CLOCK.instant().minus(Duration.ofDays(3))).pem()
            + Crls.ofRoot(CA, CLOCK.instant()).pem());
    assertThat(new Examination(1).as(folder).finds("list-expired").sentence())
        .contains("CN=Ours Issuing", "ended at " + CLOCK.instant().minus(Duration.ofDays(2)));
  }

  @Test
  void a_list_that_cannot_be_fetched_and_a_clock_that_is_wrong() {
    TestCa pointing = TestCa.create("Pointing", KeyAlgorithm.P256, CLOCK);
    try (CrlServer lists = CrlServer.start()) {
      pointing.pointToCrlsAt(lists.url());
      Path folder =
          Clinic.folder(
              temp,
              "pointing",
              KEY,
              List.of(
                  pointing.issue(KEY.getPublic(), "p", LOCALHOST, Duration.ofDays(30)),
                  pointing.issuing()),
              pointing.root());
      assertThat(new Examination(1).as(folder).finds("list-unreachable").sentence())
          .contains(lists.url().toString(), "status 404");
      lists.publish("hello".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      assertThat(new Examination(1).as(folder).finds("list-unreachable").sentence())
          .contains("no revocation list");
      lists.publish(Crls.of(CA, CLOCK.instant()).der());
      assertThat(new Examination(1).as(folder).finds("list-unreachable").sentence())
          .contains("not signed by a CA that is known");
      lists.publish(Crls.of(pointing, CLOCK.instant()).der());
      assertThat(new Examination(1).as(folder).ills()).containsExactly("unreachable");
      Ailment skew =
          new Examination(1)
              .as(folder)
              .when(CLOCK.instant().minus(Duration.ofHours(5)))
              .finds("clock-skew");
      assertThat(skew.sentence())
          .containsPattern("clock is [45] hours behind that of the authority");
      assertThat(
              new Examination(1)
                  .as(folder)
                  .when(CLOCK.instant().minus(Duration.ofHours(5)))
                  .finds("not-yet-valid")
                  .sentence())
          .containsPattern("clock is [45] hours behind that");
    }
    Path gone =
        Clinic.folder(
            temp,
            "gone",
            KEY,
            List.of(
                pointing.issue(KEY.getPublic(), "p", LOCALHOST, Duration.ofDays(30)),
                pointing.issuing()),
            pointing.root());
    assertThat(new Examination(1).as(gone).finds("list-unreachable").sentence())
        .contains("ConnectException");
  }
}
