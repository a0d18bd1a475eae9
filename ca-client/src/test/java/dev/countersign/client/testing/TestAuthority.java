package dev.countersign.client.testing;

import dev.countersign.client.Credential;
import dev.countersign.client.CredentialFolder;
import dev.countersign.client.Enrollment;
import dev.countersign.client.Notices;
import dev.countersign.client.Patience;
import dev.countersign.client.TrustUpdate;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.EnrollmentString;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.Pem;
import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SerialNumber;
import dev.countersign.pki.SubjectName;
import dev.countersign.pki.testing.MovableClock;
import dev.countersign.pki.testing.TestCa;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.x509.KeyPurposeId;

/**
 * An authority in memory, on the loopback interface, for tests of services: its clock is the
 * test's, and it issues, revokes and rotates when told. The credential folders are real ones, and
 * renew.
 *
 * <pre>{@code
 * try (TestAuthority authority = TestAuthority.start()) {
 *   authority.issue(CredentialFolder.at(folder), "orders");
 *   try (MutualTls tls = MutualTls.builder(folder).clock(authority.clock()).keptUpByHand().open()) {
 *     authority.pass(Duration.ofDays(25));
 *     tls.keepUp(); // renews
 *   }
 * }
 * }</pre>
 */
public final class TestAuthority implements AutoCloseable {
  public static final String TRUST_DOMAIN = "test.internal";

  /** Certificates are renewed when two thirds of this have passed. */
  public static final Duration LIFE = Duration.ofDays(30);

  /**
   * What a client has said.
   *
   * @param signed by its key, or shown in the handshake
   */
  public record Checkin(
      SerialNumber serial,
      long trustBundle,
      long denials,
      Optional<String> version,
      boolean signed) {}

  /** An issuing CA, with whom it has revoked and where its list is. */
  private final class Issuer {
    private final TestCa ca;
    private final String path;
    private final Map<BigInteger, Integer> revoked = new LinkedHashMap<>();

    Issuer(TestCa ca) {
      this.ca = ca;
      this.path = "/crl/issuing-" + (issuers.size() + 1) + ".crl";
      ca.pointToCrlsAt(lists.url(path));
    }

    byte[] list() {
      return Crls.of(ca, clock.instant()).number(listNumber++).revoked(revoked).der();
    }
  }

  private final MovableClock clock =
      new MovableClock(Instant.now().truncatedTo(ChronoUnit.SECONDS));
  private final CrlServer lists = CrlServer.start();
  private final List<Issuer> issuers = new ArrayList<>();
  private final AuthorityDouble server;
  private final TestContact contact;
  private TestCa shown;
  private final TestFeed feed = new TestFeed(() -> FeedPages.of(ca()), clock);
  private long listNumber = 1;

  private TestAuthority() {
    TestCa ca = TestCa.create(clock);
    issuers.add(new Issuer(ca));
    shown = ca;
    server = AuthorityDouble.start(ca, clock);
    server.life = LIFE;
    contact = new TestContact(server, clock);
    server.more = exchange -> feed.answers(exchange) || contact.answers(exchange);
    publish();
  }

  public static TestAuthority start() {
    return new TestAuthority();
  }

  /** What time it is, for the authority and for whoever is given this clock. */
  public MovableClock clock() {
    return clock;
  }

  /** What it certifies with now. */
  public TestCa ca() {
    return issuers.get(issuers.size() - 1).ca;
  }

  /** How many requests have come. */
  public int requests() {
    return server.requests.size();
  }

  /** To have it answer as no authority does. */
  public AuthorityDouble server() {
    return server;
  }

  /** Time passes; the authority keeps its own certificate and its lists fresh meanwhile. */
  public void pass(Duration time) {
    clock.advance(time);
    show(shown);
    publish();
  }

  private void show(TestCa ca) {
    shown = ca;
    server.shows(
        AuthorityDouble.serverCredential(ca, "localhost", SubjectName.uri(AuthorityDouble.OWN_ID)),
        ca.root());
  }

  /** Certificates from now on are for servers alone, as some profiles have it. */
  public void certifyServersAlone() {
    ca().certifyFor(KeyPurposeId.id_kp_serverAuth);
  }

  /** Certificates from now on are for clients alone. */
  public void certifyClientsAlone() {
    ca().certifyFor(KeyPurposeId.id_kp_clientAuth);
  }

  /**
   * Makes a credential in the folder, for servers and clients, as {@code countersign enroll} would.
   *
   * @param hosts DNS names beside {@code localhost}, 127.0.0.1 and the SPIFFE ID
   */
  public Credential issue(CredentialFolder folder, String identity, String... hosts) {
    return new Enrollment(clock, new SecureRandom(), Notices.NONE)
        .enroll(enrolment(identity, hosts), folder, Enrollment.Options.USUAL)
        .credential();
  }

  /** A string to enrol with, once. */
  public EnrollmentString enrolment(String identity, String... hosts) {
    List<SubjectName> names = new ArrayList<>();
    names.add(SubjectName.uri("spiffe://" + TRUST_DOMAIN + "/" + identity));
    names.add(SubjectName.dns("localhost"));
    names.add(SubjectName.ip("127.0.0.1"));
    for (String host : hosts) {
      names.add(SubjectName.dns(host));
    }
    server.identity(identity, names.toArray(SubjectName[]::new));
    return server.string(identity);
  }

  /** The certificate is no longer to be trusted: who follows the feed hears of it at once. */
  public void revoke(Certificate certificate) {
    deny(certificate, Optional.of(RevocationReason.KEY_COMPROMISE));
  }

  /** The same until it is {@link #release}d. */
  public void hold(Certificate certificate) {
    deny(certificate, Optional.of(RevocationReason.CERTIFICATE_HOLD));
  }

  /** Takes a hold back. */
  public void release(Certificate certificate) {
    deny(certificate, Optional.empty());
  }

  private void deny(Certificate certificate, Optional<RevocationReason> reason) {
    BigInteger serial = certificate.serial().toBigInteger();
    for (Issuer issuer : issuers) {
      if (issuer.ca.issuing().subject().equals(certificate.issuer())) {
        issuer.revoked.remove(serial);
        reason.ifPresent(why -> issuer.revoked.put(serial, why.code()));
      }
    }
    feed.add(certificate.serial(), reason);
    publish();
  }

  private void publish() {
    StringBuilder all = new StringBuilder();
    for (Issuer issuer : issuers) {
      byte[] list = issuer.list();
      lists.publish(issuer.path, list);
      if (issuer.ca == ca()) {
        all.append(Pem.encode("X509 CRL", list));
        all.append(Crls.ofRoot(issuer.ca, clock.instant()).number(listNumber++).pem());
      }
    }
    server.crls = Optional.of(all.toString());
    server.denials = feed.number();
  }

  /** What clients have said that they have loaded, oldest first. */
  public List<Checkin> checkins() {
    return List.copyOf(contact.checkins);
  }

  /** Has the certificate renewed now, by whoever asks when to renew it. */
  public void callIn(Certificate certificate) {
    contact.callIn(certificate.serial());
  }

  /** Certifies with another issuing CA of the same root from now on. */
  public void rotateIssuing() {
    certifyWith(ca().withNextIssuing());
  }

  private void certifyWith(TestCa next) {
    issuers.add(new Issuer(next));
    server.issuesWith(next);
    show(next);
    publish();
  }

  /**
   * The first of three steps to another root: all are told to trust it too.
   *
   * @return to be handed to the next steps
   */
  public TestCa prepareRoot() {
    TestCa next = TestCa.create("Test " + (issuers.size() + 1), KeyAlgorithm.P256, clock);
    server.bundle.add(next.root());
    server.cross.add(ca().vouchFor(next));
    server.bundleNumber++;
    return next;
  }

  /** The second step: it certifies. */
  public void activateRoot(TestCa next) {
    certifyWith(next);
  }

  /** The last step: no other root is trusted any more. */
  public void retireRootsBefore(TestCa next) {
    server.bundle.removeIf(root -> !root.equals(next.root()));
    server.bundleNumber++;
  }

  /** Nobody reaches it from now on, as if its machine were off. */
  public void vanish() {
    server.close();
  }

  /**
   * Brings roots and revocation lists of a folder up to date, as {@code countersign trust} does.
   */
  public Credential update(CredentialFolder folder) {
    return new TrustUpdate(clock, new SecureRandom(), Notices.NONE)
        .update(folder, Patience.DEFAULT)
        .credential();
  }

  @Override
  public void close() {
    lists.close();
    server.close();
  }
}
