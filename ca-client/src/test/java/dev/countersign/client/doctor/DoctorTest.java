package dev.countersign.client.doctor;

import static dev.countersign.client.doctor.Clinic.CA;
import static dev.countersign.client.doctor.Clinic.CLIENT;
import static dev.countersign.client.doctor.Clinic.CLOCK;
import static dev.countersign.client.doctor.Clinic.FOREIGN;
import static dev.countersign.client.doctor.Clinic.KEY;
import static dev.countersign.client.doctor.Clinic.LOCALHOST;
import static dev.countersign.client.doctor.Clinic.OTHER_KEY;
import static dev.countersign.client.doctor.Clinic.SERVER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.client.TlsIdentity;
import dev.countersign.client.doctor.Clinic.Examination;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.Pem;
import dev.countersign.pki.SubjectName;
import dev.countersign.pki.testing.OwnThread;
import dev.countersign.pki.testing.TestCa;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Each test breaks one of two sides that are well, and hears what the doctor says. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DoctorTest {
  @TempDir static Path temp;

  private Opposite well;
  private Path client;
  private Path server;

  @BeforeAll
  void start() {
    well = needing(SERVER.chain());
    client = Clinic.folder(temp, "client", CLIENT, CA.root());
    server = Clinic.folder(temp, "server", SERVER, CA.root());
  }

  @AfterAll
  void stop() {
    well.close();
  }

  private static Opposite needing(List<Certificate> chain) {
    return Opposite.needing(KEY.getPrivate(), chain, Opposite.trusting(CA.root()));
  }

  private Examination examine(Opposite opposite) {
    return new Examination(opposite.port()).as(client).with(server);
  }

  private static List<Certificate> chain(Certificate leaf) {
    return List.of(leaf, CA.issuing());
  }

  @Test
  void nothing_is_found_where_nothing_is_wrong() {
    assertThat(examine(well).ills()).isEmpty();
    assertThat(new Examination(well.port()).as(client).ills()).isEmpty();
    Diagnosis diagnosis = examine(well).diagnosis();
    assertThat(diagnosis.handshake()).contains("asks for", "this side's is accepted");
    assertThat(diagnosis.passed()).contains("refused", "verification-off", "root-not-loaded");
    assertThat(diagnosis.isIll()).isFalse();
  }

  @Test
  void a_root_that_the_client_has_not_loaded() {
    Path other = Clinic.folder(temp, "other-roots", CLIENT, FOREIGN.root());
    Ailment found = new Examination(well.port()).as(other).with(server).finds("root-not-loaded");
    assertThat(found.refuses()).contains(Party.CLIENT);
    assertThat(found.sentence()).contains("The client refuses the server's", "CN=Ours Root");
    assertThat(found.mend()).contains("countersign trust --dir " + other);
  }

  @Test
  void a_root_that_the_server_has_not_loaded() {
    try (Opposite foreign =
        Opposite.needing(KEY.getPrivate(), SERVER.chain(), Opposite.trusting(FOREIGN.root()))) {
      // by its disk it has
      Ailment found = examine(foreign).finds("root-not-loaded");
      assertThat(found.refuses()).contains(Party.SERVER);
      assertThat(found.sentence()).contains("is in " + server, "running server does not name it");
      assertThat(examine(foreign).finds("issuer-list-foreign").sentence())
          .contains("CN=Foreign Root", "CN=Ours Issuing", "send none");
      assertThat(examine(foreign).finds("refused").refuses()).contains(Party.SERVER);
      Path disk = Clinic.folder(temp, "foreign-disk", SERVER, FOREIGN.root());
      assertThat(
              new Examination(foreign.port()).as(client).with(disk).finds("root-not-loaded").mend())
          .contains("countersign trust --dir " + disk);
    }
  }

  @Test
  void an_expired_certificate_of_the_server() {
    Certificate old =
        CA.issue(
            KEY.getPublic(),
            "old",
            LOCALHOST,
            CLOCK.instant().minus(Duration.ofDays(9)),
            CLOCK.instant().minus(Duration.ofDays(4)));
    try (Opposite expired = needing(chain(old))) {
      Ailment found = new Examination(expired.port()).as(client).finds("expired");
      assertThat(found.refuses()).contains(Party.CLIENT);
      assertThat(found.certificate()).contains(old);
      assertThat(found.sentence()).contains("expired at " + old.notAfter() + ", 4 days ago");
    }
    Path own = Clinic.folder(temp, "expired", KEY, chain(old), CA.root());
    Ailment ours = new Examination(well.port()).as(own).with(server).finds("expired");
    assertThat(ours.refuses()).contains(Party.SERVER);
    assertThat(ours.mend()).contains("countersign renew --dir " + own);
    assertThat(new Examination(well.port()).as(own).with(server).finds("refused").sentence())
        .contains(old.serial().toString());
  }

  @Test
  void a_certificate_that_is_not_valid_yet() {
    Certificate early =
        CA.issue(
            KEY.getPublic(),
            "early",
            LOCALHOST,
            CLOCK.instant().plus(Duration.ofHours(3)),
            CLOCK.instant().plus(Duration.ofDays(4)));
    try (Opposite opposite = needing(chain(early))) {
      Ailment found = new Examination(opposite.port()).as(client).finds("not-yet-valid");
      assertThat(found.sentence()).contains("3 hours before that", early.notBefore().toString());
      assertThat(found.mend()).contains("timedatectl");
    }
  }

  @Test
  void an_intermediate_that_is_not_sent() {
    try (Opposite bare = needing(List.of(SERVER.certificate()))) {
      Ailment found = new Examination(bare.port()).as(client).finds("intermediate-not-sent");
      assertThat(found.refuses()).contains(Party.CLIENT);
      assertThat(found.sentence()).contains("CN=Ours Issuing");
      assertThat(found.mend()).contains("fullchain.pem");
      assertThat(examine(bare).ills()).containsExactly("intermediate-not-sent");
    }
    Path own = Clinic.folder(temp, "bare", KEY, List.of(CLIENT.certificate()), CA.root());
    assertThat(
            new Examination(well.port())
                .as(own)
                .with(server)
                .finds("intermediate-not-sent")
                .refuses())
        .contains(Party.SERVER);
  }

  @Test
  void a_certificate_for_another_use() {
    Certificate forClients = Strange.withUsage(CA, KEY, "1.3.6.1.5.5.7.3.2");
    Certificate forServers = Strange.withUsage(CA, KEY, "1.3.6.1.5.5.7.3.1");
    try (Opposite opposite = needing(chain(forClients))) {
      Ailment found = new Examination(opposite.port()).as(client).finds("wrong-usage");
      assertThat(found.refuses()).contains(Party.CLIENT);
      assertThat(found.sentence()).contains("not meant for server authentication");
    }
    Path own = Clinic.folder(temp, "usage", KEY, chain(forServers), CA.root());
    Ailment found = new Examination(well.port()).as(own).with(server).finds("wrong-usage");
    assertThat(found.refuses()).contains(Party.SERVER);
    assertThat(found.sentence()).contains("not meant for client authentication");
  }

  @Test
  void a_name_that_is_not_in_the_certificate() {
    Ailment found = examine(well).at("127.0.0.1").finds("wrong-name");
    assertThat(found.sentence()).contains("it is for localhost, and not for 127.0.0.1");
    assertThat(found.mend()).contains("--dns 127.0.0.1");
  }

  @Test
  void a_server_that_verifies_nothing() {
    try (Opposite open =
        Opposite.needing(KEY.getPrivate(), SERVER.chain(), Opposite.anybody(CA.root()))) {
      assertThat(examine(open).finds("verification-off").sentence()).contains("on the spot");
      assertThat(examine(open).finds("verification-off").severity())
          .isEqualTo(Ailment.Severity.ERROR);
      // Also for who has no credential at all
      assertThat(new Examination(open.port()).ills()).containsExactly("verification-off");
    }
  }

  @Test
  void a_server_that_asks_for_no_certificate() {
    TlsIdentity own = new TlsIdentity(KEY.getPrivate(), SERVER.chain());
    try (Opposite silent = new Opposite(own, Opposite.trusting(CA.root()), d -> {})) {
      assertThat(examine(silent).ills()).containsExactly("client-certificate-not-asked");
    }
    try (Opposite wanting =
        new Opposite(own, Opposite.trusting(CA.root()), d -> d.setWantClientAuth(true))) {
      assertThat(examine(wanting).ills()).isEmpty();
      assertThat(examine(wanting).finds("client-certificate-optional").severity())
          .isEqualTo(Ailment.Severity.NOTE);
    }
  }

  @Test
  void a_server_that_names_no_authorities() {
    try (Opposite nameless =
        Opposite.needing(KEY.getPrivate(), SERVER.chain(), Opposite.anybody())) {
      assertThat(examine(nameless).finds("issuer-list-empty").sentence())
          .contains("does not say which CAs");
    }
  }

  @Test
  void a_key_that_is_not_the_certificates() {
    try (Opposite mixed =
        Opposite.needing(OTHER_KEY.getPrivate(), SERVER.chain(), Opposite.trusting(CA.root()))) {
      Ailment found = examine(mixed).finds("server-key-mismatch");
      assertThat(found.refuses()).contains(Party.CLIENT);
      assertThat(found.certificate()).contains(SERVER.certificate());
    }
    Path own = Clinic.folder(temp, "mixed", OTHER_KEY, CLIENT.chain(), CA.root());
    assertThat(new Examination(well.port()).as(own).finds("key-mismatch").sentence())
        .contains(own.resolve("key.pem").toString());
  }

  @Test
  void what_was_renewed_on_the_disk_and_not_loaded() {
    Certificate renewed = CA.issue(KEY.getPublic(), "server", LOCALHOST, Duration.ofDays(60));
    Path disk = Clinic.folder(temp, "renewed", KEY, chain(renewed), CA.root());
    Ailment found = new Examination(well.port()).as(client).with(disk).finds("not-reloaded");
    assertThat(found.sentence())
        .contains(SERVER.certificate().serial().toString(), renewed.serial().toString());
    assertThat(found.mend()).contains("Reload");
  }

  @Test
  void an_issuer_that_ends_before_what_it_issued() {
    Certificate dying = CA.certify(CA.rootKey(), CA.root(), CA.issuing(), Duration.ofDays(10), 0);
    try (Opposite opposite = needing(List.of(SERVER.certificate(), dying))) {
      Ailment found = new Examination(opposite.port()).as(client).finds("issuer-ends-first");
      assertThat(found.severity()).isEqualTo(Ailment.Severity.WARNING);
      assertThat(found.sentence()).contains("ends at " + dying.notAfter());
    }
  }

  @Test
  void something_in_between_that_makes_certificates_on_demand() {
    Map<String, TestCa.Credential> made = new java.util.concurrent.ConcurrentHashMap<>();
    Minting minting =
        new Minting(
            name ->
                made.computeIfAbsent(
                    name,
                    n ->
                        new TestCa.Credential(
                            KEY,
                            List.of(
                                FOREIGN.issue(
                                    KEY.getPublic(),
                                    n,
                                    List.of(SubjectName.dns(n)),
                                    Duration.ofDays(1)),
                                FOREIGN.issuing()))));
    try (Opposite proxy = new Opposite(minting, Opposite.anybody(), d -> {})) {
      assertThat(new Examination(proxy.port()).as(client).finds("intercepted").sentence())
          .contains("made on demand", "CN=Foreign Issuing");
    }
    try (Opposite balancer =
        Opposite.needing(
            OTHER_KEY.getPrivate(),
            List.of(
                FOREIGN.issue(OTHER_KEY.getPublic(), "x", LOCALHOST, Duration.ofDays(1)),
                FOREIGN.issuing()),
            Opposite.anybody())) {
      assertThat(examine(balancer).finds("intercepted").sentence())
          .contains("neither that key nor that issuer");
    }
  }

  @Test
  void no_algorithm_that_both_have() {
    try (Opposite odd =
        new Opposite(
            new TlsIdentity(KEY.getPrivate(), SERVER.chain()),
            Opposite.trusting(CA.root()),
            d -> onlyRsa(d))) {
      Ailment found = examine(odd).finds("nothing-shared");
      assertThat(found.sentence())
          .contains("TLS 1.3 (answered by the alert ", "TLS 1.2 (answered by the alert ");
    }
  }

  /** The server has an EC key alone. */
  private static void onlyRsa(SSLServerSocket door) {
    door.setEnabledProtocols(new String[] {"TLSv1.2"});
    door.setEnabledCipherSuites(new String[] {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"});
  }

  @Test
  void a_port_that_speaks_no_tls_and_one_where_nobody_is() throws Exception {
    try (ServerSocket plain = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      OwnThread.run(() -> answerPlainly(plain));
      Diagnosis diagnosis = new Examination(plain.getLocalPort()).as(client).diagnosis();
      assertThat(diagnosis.ailments()).extracting(Ailment::check).contains("no-tls");
      assertThat(Clinic.sentences(diagnosis)).noneMatch(s -> s.contains("\u001b"));
      assertThat(diagnosis.reached()).isTrue();
    }
    Diagnosis nobody = new Examination(1).as(client).diagnosis();
    assertThat(nobody.reached()).isFalse();
    assertThat(nobody.ailments()).extracting(Ailment::check).containsExactly("unreachable");
  }

  private static void answerPlainly(ServerSocket server) {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        socket
            .getOutputStream()
            .write("\u001b[31mHTTP/1.1 400 Bad\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        socket.getInputStream().readAllBytes();
      } catch (IOException e) {
        // the client has gone
      }
    }
  }

  @Test
  void a_server_that_drips_is_given_up() throws Exception {
    Prober.Limits hasty =
        new Prober.Limits(Duration.ofSeconds(5), Duration.ofMillis(400), Duration.ofMillis(100));
    try (ServerSocket dripping = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      OwnThread.run(() -> drip(dripping));
      Diagnosis diagnosis =
          new Doctor(CLOCK, Clinic.RANDOM, hasty)
              .examine(
                  new Doctor.Patients(
                      "localhost",
                      dripping.getLocalPort(),
                      Optional.empty(),
                      Optional.empty(),
                      Optional.empty(),
                      Optional.empty(),
                      Optional.empty()));
      assertThat(diagnosis.ailments()).extracting(Ailment::check).containsExactly("no-tls");
      assertThat(diagnosis.ailments().get(0).sentence()).contains("does not answer in TLS in time");
    }
  }

  /** A record of 16384 bytes, one byte at a time, to whoever comes. */
  private static void drip(ServerSocket server) {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        OwnThread.run(
            () -> {
              try (socket) {
                socket
                    .getOutputStream()
                    .write(new byte[] {22, 3, 3, 0x40, 0, 2, 0, 0x3f, (byte) 0xfc});
                while (true) {
                  socket.getOutputStream().write(0);
                  LockSupport.parkNanos(20_000_000);
                }
              } catch (IOException e) {
                // it has enough
              }
            });
      } catch (IOException e) {
        // closed
      }
    }
  }

  @Test
  void a_server_that_leaves_without_a_goodbye_is_not_one_that_refuses() throws Exception {
    SSLContext context =
        Opposite.context(
            new TlsIdentity(KEY.getPrivate(), SERVER.chain()), Opposite.trusting(CA.root()));
    try (ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      OwnThread.run(() -> leaveRudely(door, context));
      Diagnosis diagnosis =
          new Examination(door.getLocalPort()).as(client).with(server).diagnosis();
      assertThat(diagnosis.handshake()).contains("this side's is accepted");
      assertThat(diagnosis.passed()).contains("refused", "verification-off");
    }
  }

  /** In TLS 1.2, which has no ticket after the handshake that would say that all is well. */
  private static void leaveRudely(ServerSocket door, SSLContext context) {
    while (!door.isClosed()) {
      try {
        Socket plain = door.accept();
        OwnThread.run(
            () -> {
              try (plain) {
                SSLSocket tls =
                    (SSLSocket)
                        context.getSocketFactory().createSocket(plain, (InputStream) null, false);
                tls.setEnabledProtocols(new String[] {"TLSv1.2"});
                tls.setNeedClientAuth(true);
                tls.startHandshake();
                plain.getInputStream().read(); // the client's goodbye, or its end
              } catch (IOException e) {
                // refused
              }
            });
      } catch (IOException e) {
        // closed
      }
    }
  }

  @Test
  void nothing_that_a_stranger_writes_moves_the_cursor() {
    Certificate painted =
        CA.issue(KEY.getPublic(), "x\u001b[31m\nERROR", LOCALHOST, Duration.ofDays(1));
    try (Opposite opposite =
        Opposite.needing(KEY.getPrivate(), chain(painted), Opposite.anybody(FOREIGN.root()))) {
      Diagnosis diagnosis = examine(opposite).at("127.0.0.1").diagnosis();
      assertThat(diagnosis.ailments()).extracting(Ailment::check).contains("wrong-name");
      assertThat(diagnosis.toString()).doesNotContain("\u001b").doesNotContain("\n");
    }
  }

  @Test
  void a_key_of_a_kind_that_the_server_does_not_take() throws Exception {
    var rsa = KeyAlgorithm.RSA_2048.generate(Clinic.RANDOM);
    Certificate leaf = CA.issue(rsa.getPublic(), "rsa", LOCALHOST, Duration.ofDays(1));
    Path own = Clinic.folder(temp, "rsa", rsa, chain(leaf), CA.root());
    try (OpenSslServer openssl =
        OpenSslServer.start(
            temp,
            SERVER,
            CA.root(),
            "-verify_return_error",
            "-Verify",
            "3",
            "-client_sigalgs",
            "ecdsa_secp256r1_sha256")) {
      assertThat(new Examination(openssl.port()).as(own).finds("key-kind-not-asked").sentence())
          .contains("EC", "RSA");
    }
  }

  @Test
  void a_server_of_another_making_that_is_well_and_one_that_is_not() throws Exception {
    try (OpenSslServer openssl =
        OpenSslServer.start(temp, SERVER, CA.root(), "-verify_return_error", "-Verify", "3")) {
      assertThat(new Examination(openssl.port()).as(client).with(server).ills()).isEmpty();
      Path foreign = Clinic.folder(temp, "foreign", Clinic.credential(FOREIGN, "x"), CA.root());
      assertThat(new Examination(openssl.port()).as(foreign).finds("root-not-loaded").sentence())
          .contains("unknown_ca");
    }
    try (OpenSslServer open = OpenSslServer.start(temp, SERVER, CA.root(), "-verify", "3")) {
      assertThat(new Examination(open.port()).as(client).ills()).contains("verification-off");
    }
  }

  @Test
  void a_certificate_that_is_on_a_list() throws Exception {
    Path own = Clinic.folder(temp, "revoked", CLIENT, CA.root());
    Files.writeString(
        own.resolve("crl.pem"),
        dev.countersign.client.testing.Crls.of(CA, CLOCK.instant())
                .revoked(CLIENT.certificate(), org.bouncycastle.asn1.x509.CRLReason.keyCompromise)
                .pem()
            + dev.countersign.client.testing.Crls.ofRoot(CA, CLOCK.instant()).pem());
    Ailment found = new Examination(well.port()).as(own).with(server).finds("revoked");
    assertThat(found.sentence()).contains("was revoked at", "keyCompromise");
    assertThat(found.mend()).contains("enroll --replace --dir " + own);
    assertThat(Pem.decode(Files.readString(own.resolve("crl.pem")))).hasSize(2);
  }
}
