package dev.countersign.client.testing;

import dev.countersign.client.Credential;
import dev.countersign.client.CredentialFolder;
import dev.countersign.client.Enrollment;
import dev.countersign.client.Notices;
import dev.countersign.client.Patience;
import dev.countersign.client.TrustUpdate;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.Pem;
import dev.countersign.pki.SubjectName;
import dev.countersign.pki.testing.MovableClock;
import dev.countersign.pki.testing.TestCa;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.x509.CRLReason;

/**
 * An authority in memory, on the loopback interface, for tests of services: its clock is the
 * test's, and it issues, revokes and rotates when told. The credential folders are real ones.
 */
public final class TestAuthority implements AutoCloseable {
  public static final String TRUST_DOMAIN = "test.internal";

  private final MovableClock clock =
      new MovableClock(Instant.now().truncatedTo(ChronoUnit.SECONDS));
  private final CrlServer lists = CrlServer.start();
  private final Map<BigInteger, Integer> revoked = new LinkedHashMap<>();
  private final TestCa ca = TestCa.create(clock);
  private final AuthorityDouble server;
  private long listNumber = 1;

  private TestAuthority() {
    ca.pointToCrlsAt(lists.url());
    server = AuthorityDouble.start(ca, clock);
    publish();
  }

  public static TestAuthority start() {
    return new TestAuthority();
  }

  /** What time it is, for the authority and for whoever is given this clock. */
  public MovableClock clock() {
    return clock;
  }

  public TestCa ca() {
    return ca;
  }

  AuthorityDouble server() {
    return server;
  }

  /**
   * Makes a credential in the folder, for servers and clients, as {@code countersign enroll} would.
   *
   * @param hosts DNS names beside {@code localhost} and the SPIFFE ID
   */
  public Credential issue(CredentialFolder folder, String identity, String... hosts) {
    List<SubjectName> names = new ArrayList<>();
    names.add(SubjectName.uri("spiffe://" + TRUST_DOMAIN + "/" + identity));
    names.add(SubjectName.dns("localhost"));
    names.add(SubjectName.ip("127.0.0.1"));
    for (String host : hosts) {
      names.add(SubjectName.dns(host));
    }
    server.identity(identity, names.toArray(SubjectName[]::new));
    return new Enrollment(clock, new SecureRandom(), Notices.NONE)
        .enroll(server.string(identity), folder, Enrollment.Options.USUAL)
        .credential();
  }

  /** Those who ask from now on learn that the certificate is no longer to be trusted. */
  public void revoke(Certificate certificate) {
    revoked.put(certificate.serial().toBigInteger(), CRLReason.keyCompromise);
    publish();
  }

  private void publish() {
    Crls.Recipe list = Crls.of(ca, clock.instant()).number(listNumber++).revoked(revoked);
    byte[] der = list.der();
    lists.publish(der);
    server.crls =
        Optional.of(Pem.encode("X509 CRL", der) + Crls.ofRoot(ca, clock.instant()).number(1).pem());
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
