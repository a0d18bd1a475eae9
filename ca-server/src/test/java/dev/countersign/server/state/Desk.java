package dev.countersign.server.state;

import static org.awaitility.Awaitility.await;

import dev.countersign.db.Database;
import dev.countersign.db.Dialect;
import dev.countersign.db.testing.TestDatabase;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.Names;
import dev.countersign.pki.SerialNumber;
import dev.countersign.pki.SubjectName;
import dev.countersign.pki.testing.MovableClock;
import dev.countersign.pki.testing.TestCa;
import dev.countersign.server.authority.AuthorityRows;
import dev.countersign.server.authority.Hierarchy;
import dev.countersign.server.authority.NameConstraints;
import dev.countersign.server.crl.CrlPublisher;
import dev.countersign.server.crl.CrlStore;
import dev.countersign.server.crl.Places;
import dev.countersign.server.enrollment.CreatedEnrollment;
import dev.countersign.server.enrollment.EnrollmentProof;
import dev.countersign.server.enrollment.Enrollments;
import dev.countersign.server.enrollment.Meeting;
import dev.countersign.server.identity.Identities;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.identity.Mandate;
import dev.countersign.server.identity.NewIdentity;
import dev.countersign.server.identity.Role;
import dev.countersign.server.issuance.AnswerContext;
import dev.countersign.server.issuance.Applicant;
import dev.countersign.server.issuance.CertificateStore;
import dev.countersign.server.issuance.Proof;
import dev.countersign.server.issuance.RecordedCertificate;
import dev.countersign.server.issuance.RenewalProof;
import dev.countersign.server.issuance.RenewalWindow;
import dev.countersign.server.issuance.SignedByTestCa;
import dev.countersign.server.issuance.SignedCertificate;
import dev.countersign.server.issuance.SystemProof;
import dev.countersign.server.ledger.Actor;
import dev.countersign.server.ledger.EventFilter;
import dev.countersign.server.ledger.EventSpan;
import dev.countersign.server.ledger.Ledger;
import dev.countersign.server.ledger.RecordedEvent;
import dev.countersign.server.policy.Profiles;
import dev.countersign.server.revocation.Revocations;
import dev.countersign.server.revocation.Revoked;
import dev.countersign.server.revocation.Status;
import dev.countersign.server.revocation.Statuses;
import dev.countersign.server.testing.InMemory;
import dev.countersign.server.testing.TestAuthority;
import java.net.URI;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import org.jdbi.v3.core.Handle;

/**
 * One server's features over one database, wired as the server wires them, with a clock to move.
 */
final class Desk {

  /** May do all. */
  static final Mandate OPERATOR = Mandate.ofItself(Actor.operator("root-admin", "192.0.2.1"));

  static final String ISSUER = "issuing-1";

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final TestCa CA = TestCa.create(new MovableClock());
  private static final Hierarchy HIERARCHY = InMemory.of(CA);

  final MovableClock clock;
  final Database database;
  final Ledger ledger;
  final Identities identities;
  final Enrollments enrollments;
  final CertificateStore certificates;
  final Revocations revocations;
  final OneByOne statuses;
  final Revoked revoked;
  final List<Set<String>> told = Collections.synchronizedList(new ArrayList<>());

  private Desk(Database database, MovableClock clock) {
    this.database = database;
    this.clock = clock;
    this.ledger = new Ledger(database);
    this.identities =
        new Identities(
            database, ledger, clock, Profiles.defaults(), NameConstraints::none, "example");
    this.enrollments =
        new Enrollments(
            database,
            ledger,
            clock,
            RANDOM,
            profile -> !profile.equals("none"),
            () -> new Meeting(List.of(URI.create("https://ca.example")), List.of(CA.root().pin())));
    this.certificates = new CertificateStore(database, ledger, clock, new TestContext());
    this.revocations = new Revocations(database, ledger, clock, List.of(told::add));
    this.statuses = new OneByOne(new Statuses(database));
    this.revoked = new Revoked(database);
    AuthorityRows.foundOnce(database, HIERARCHY, clock.instant());
  }

  /** Of one serial at a time. */
  record OneByOne(Statuses all) {
    Optional<Status> of(String issuer, SerialNumber serial) {
      return Optional.ofNullable(all.of(issuer, Set.of(serial)).get(serial));
    }
  }

  static Desk at(TestDatabase test) {
    return new Desk(test.database(), new MovableClock());
  }

  static Desk over(Database database) {
    return new Desk(database, new MovableClock());
  }

  /** Another server over the same database, with the same clock. */
  Desk anotherNode(TestDatabase test) {
    return new Desk(test.anotherNode(), clock);
  }

  Desk reopened(TestDatabase test) {
    return new Desk(test.reopened(), clock);
  }

  private static final class TestContext implements AnswerContext {
    @Override
    public List<Certificate> chainFrom(String issuer) {
      return List.of(CA.issuing());
    }

    @Override
    public RenewalWindow renewalOf(String profile, Certificate certificate) {
      return new RenewalWindow(
          certificate.notBefore(), certificate.notAfter(), certificate.notAfter());
    }
  }

  /** Makes lists each hour that hold for a day. */
  CrlPublisher publisher() {
    CrlStore store = new CrlStore(database);
    return new CrlPublisher(
        HIERARCHY,
        revoked,
        store,
        Places.recorded(store, HIERARCHY, TestAuthority.URLS, TestAuthority.SHARDS),
        new CrlPublisher.Schedule(Duration.ofHours(1), Duration.ofHours(24)),
        clock);
  }

  /** What the root does to the issuing CA, on whatever node. */
  void revokeIssuer(Handle handle) {
    AuthorityRows.revoke(handle, HIERARCHY.issuing(), clock.instant());
  }

  Identity identity(String name) {
    return identity(name, Optional.empty());
  }

  Identity identity(String name, Optional<Role> role) {
    return identities.add(
        new NewIdentity(name, "peer", role, Optional.empty(), dns(name + ".example")), OPERATOR);
  }

  CreatedEnrollment enrollment(String identity) {
    return enrollments.create(identity, Optional.empty(), Duration.ofHours(1), 1, OPERATOR);
  }

  Proof proofOf(CreatedEnrollment created) {
    return new EnrollmentProof(created.enrollment().id(), clock);
  }

  static PublicKey newKey() {
    KeyPair pair = KeyAlgorithm.P256.generate(RANDOM);
    return pair.getPublic();
  }

  static Names dns(String... names) {
    try {
      return Names.builder().dns(names).build();
    } catch (InvalidRequestException e) {
      throw new AssertionError(e);
    }
  }

  static Applicant applicant(Identity identity, Proof proof) {
    return new Applicant(
        identity,
        "peer",
        proof,
        proof instanceof SystemProof
            ? Actor.system(proof.id())
            : Actor.enrollment(proof.id(), "192.0.2.7"),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  static Applicant renewing(Identity identity, SerialNumber previous) {
    return new Applicant(
        identity,
        "peer",
        new RenewalProof(previous),
        Actor.certificate(previous.toString(), "192.0.2.7"),
        Optional.of(previous),
        Optional.empty(),
        Optional.empty());
  }

  static Applicant ofProfile(String profile, Applicant applicant) {
    return new Applicant(
        applicant.identity(),
        profile,
        applicant.proof(),
        applicant.actor(),
        applicant.previous(),
        applicant.names(),
        applicant.lifetime());
  }

  SignedCertificate signed(Identity identity, PublicKey key) {
    return signed(identity, key, Duration.ofDays(1));
  }

  SignedCertificate signed(Identity identity, PublicKey key, Duration life) {
    List<SubjectName> names = identity.names().list();
    return SignedByTestCa.of(
        ISSUER,
        CA.issue(
            key,
            identity.name(),
            names,
            clock.instant().minus(Duration.ofHours(1)),
            clock.instant().plus(life)));
  }

  /**
   * For a request of other content.
   *
   * @param content stands for its hash
   */
  SignedCertificate signed(Identity identity, PublicKey key, byte[] content) {
    Instant now = clock.instant();
    return SignedByTestCa.of(
        ISSUER,
        CA.issue(key, identity.name(), List.of(), now, now.plus(Duration.ofDays(1))),
        content);
  }

  CompletableFuture<RecordedCertificate> record(Applicant applicant, PublicKey key) {
    return certificates.record(signed(applicant.identity(), key), applicant);
  }

  /** A live certificate with a new key. */
  SerialNumber issued(Identity identity) {
    return issued(identity, newKey());
  }

  SerialNumber issued(Identity identity, PublicKey key) {
    return done(record(applicant(identity, new SystemProof("test")), key)).certificate().serial();
  }

  SerialNumber renewed(Identity identity, SerialNumber previous) {
    return done(record(renewing(identity, previous), newKey())).certificate().serial();
  }

  List<RecordedEvent> events(EventFilter filter) {
    return ledger.list(filter, EventSpan.after(0), 10_000).items();
  }

  List<String> actions() {
    return events(EventFilter.all()).stream().map(e -> e.event().action()).toList();
  }

  /** What the future carries, without the wrapping. */
  static <T> T done(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** May do all, and does this in the transaction when all that it needs is locked. */
  static Mandate beforeCommit(Runnable meanwhile) {
    return new Mandate() {
      @Override
      public Actor actor() {
        return OPERATOR.actor();
      }

      @Override
      public void check(Handle handle, Dialect dialect, Optional<Role> touched) {
        meanwhile.run();
      }
    };
  }

  /**
   * Until an act waits in PostgreSQL for a lock that the caller has, or does not and is done.
   *
   * @param database of another node than the one that the caller writes by
   */
  static void untilOneWaits(Database database, BooleanSupplier isDone) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> isDone.getAsBoolean() || database.read(Desk::locksWaitedFor) > 0);
  }

  private static int locksWaitedFor(Handle handle) {
    return handle
        .createQuery(
            "select count(*) from pg_stat_activity"
                + " where datname = current_database() and wait_event_type = 'Lock'")
        .mapTo(Integer.class)
        .one();
  }
}
