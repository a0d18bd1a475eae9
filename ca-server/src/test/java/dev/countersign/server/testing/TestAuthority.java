package dev.countersign.server.testing;

import dev.countersign.db.Database;
import dev.countersign.db.DatabaseSettings;
import dev.countersign.pki.CertificateRequest;
import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.Names;
import dev.countersign.pki.testing.MovableClock;
import dev.countersign.server.authority.Ceremony;
import dev.countersign.server.authority.CeremonyOrder;
import dev.countersign.server.authority.CrlShards;
import dev.countersign.server.authority.Hierarchy;
import dev.countersign.server.authority.NameConstraints;
import dev.countersign.server.authority.PublicationUrls;
import dev.countersign.server.authority.RevokedAuthorities;
import dev.countersign.server.crl.CrlPublisher;
import dev.countersign.server.crl.CrlStore;
import dev.countersign.server.crl.KnownDenials;
import dev.countersign.server.crl.Places;
import dev.countersign.server.identity.Identities;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.identity.Mandate;
import dev.countersign.server.identity.NewIdentity;
import dev.countersign.server.issuance.Applicant;
import dev.countersign.server.issuance.CertificateStore;
import dev.countersign.server.issuance.CurrentContext;
import dev.countersign.server.issuance.Drafting;
import dev.countersign.server.issuance.Issuance;
import dev.countersign.server.issuance.RecordedCertificate;
import dev.countersign.server.issuance.StepTimer;
import dev.countersign.server.issuance.SystemProof;
import dev.countersign.server.keys.KeyFiles;
import dev.countersign.server.keys.Passphrase;
import dev.countersign.server.ledger.Actor;
import dev.countersign.server.ledger.Ledger;
import dev.countersign.server.lint.Linter;
import dev.countersign.server.ocsp.OcspAnswer;
import dev.countersign.server.ocsp.OcspRecords;
import dev.countersign.server.ocsp.OcspResponder;
import dev.countersign.server.ocsp.OcspSigner;
import dev.countersign.server.ocsp.Responders;
import dev.countersign.server.policy.IssuancePolicy;
import dev.countersign.server.policy.Profiles;
import dev.countersign.server.revocation.Revocations;
import dev.countersign.server.revocation.Revoked;
import dev.countersign.server.revocation.Statuses;
import java.net.URI;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** A whole CA below its listeners, in a folder of a test, over the embedded database. */
public final class TestAuthority implements AutoCloseable {
  public static final PublicationUrls URLS =
      new PublicationUrls(URI.create("http://ca.example.internal:8080"));
  public static final CrlShards SHARDS = new CrlShards(8);
  private static final SecureRandom RANDOM = new SecureRandom();

  public final MovableClock clock;
  public final Database database;
  public final Hierarchy hierarchy;
  public final Profiles profiles = Profiles.defaults();
  public final CertificateStore certificates;
  public final Issuance issuance;
  public final Identities identities;
  public final Revocations revocations;
  public final CrlPublisher crls;
  public final KnownDenials denials;
  public final Responders responders;
  public final OcspResponder ocsp;
  public final List<Set<String>> revokedIssuers = new CopyOnWriteArrayList<>();

  private TestAuthority(Database database, Hierarchy hierarchy, MovableClock clock) {
    this.clock = clock;
    this.database = database;
    this.hierarchy = hierarchy;
    Places places = places(URLS);
    Ledger ledger = new Ledger(database);
    certificates =
        new CertificateStore(database, ledger, clock, new CurrentContext(hierarchy, profiles));
    identities =
        new Identities(
            database, ledger, clock, profiles, NameConstraints::none, "example.internal");
    IssuancePolicy policy = new IssuancePolicy(profiles, hierarchy, "example.internal");
    issuance =
        new Issuance(
            certificates,
            policy,
            new Drafting(new Linter(), URLS, places::shards, RANDOM),
            hierarchy,
            clock,
            StepTimer.none(),
            Runnable::run);
    crls = publisher(places);
    denials = new KnownDenials(hierarchy, new Revoked(database), crls, clock);
    revocations = new Revocations(database, ledger, clock, List.of(revokedIssuers::add, denials));
    responders =
        new Responders(
            issuance,
            hierarchy,
            () -> identities.find(Identity.RESERVED).orElseThrow(),
            clock,
            RANDOM);
    ocsp =
        new OcspResponder(
            hierarchy,
            denials,
            new OcspRecords(
                new Statuses(database), new RevokedAuthorities(database), Runnable::run),
            new OcspSigner(responders, Duration.ofHours(1)));
  }

  /**
   * With P-256 keys and the time as it is, so that programs without a clock of ours can look at it.
   */
  public static TestAuthority create(Path home, String... permitted) {
    return create(home, KeyAlgorithm.P256, KeyAlgorithm.P256, Instant.now(), permitted);
  }

  public static TestAuthority create(
      Path home, KeyAlgorithm root, KeyAlgorithm issuing, Instant now, String... permitted) {
    Database database =
        Database.create(
            DatabaseSettings.embedded(home),
            (reason, cause) -> {
              throw new IllegalStateException(reason, cause);
            });
    MovableClock clock = new MovableClock(now);
    Passphrase passphrase = Passphrase.create(home, RANDOM);
    CeremonyOrder order =
        new CeremonyOrder(
            "Example",
            root,
            issuing,
            NameConstraints.permitted(List.of(permitted)),
            Names.none(),
            URLS);
    Hierarchy hierarchy =
        new Ceremony(database, new KeyFiles(home, RANDOM), clock, RANDOM, CrlPublisher::recordFirst)
            .init(order, passphrase);
    return new TestAuthority(database, hierarchy, clock);
  }

  public static Passphrase passphrase(Path home) {
    return Passphrase.require(Optional.empty(), Map.of(), home);
  }

  private Places places(PublicationUrls urls) {
    return Places.recorded(new CrlStore(database), hierarchy, urls, SHARDS);
  }

  /** Another node's publisher over the same database. */
  public CrlPublisher anotherPublisher() {
    return anotherPublisher(URLS);
  }

  /** One that was given another address. */
  public CrlPublisher anotherPublisher(PublicationUrls urls) {
    return publisher(places(urls));
  }

  private CrlPublisher publisher(Places places) {
    return new CrlPublisher(
        hierarchy,
        new Revoked(database),
        new CrlStore(database),
        places,
        new CrlPublisher.Schedule(Duration.ofHours(1), Duration.ofHours(24)),
        clock);
  }

  /** Another node's revocations, of which nothing here is told. */
  public Revocations anotherNode() {
    return new Revocations(database, new Ledger(database), clock, List.of());
  }

  public Identity identity(String name, Names names) {
    return identities.add(
        new NewIdentity(name, "peer", Optional.empty(), Optional.empty(), names), actor());
  }

  /** Who may do all. */
  public static Mandate actor() {
    return Mandate.ofItself(Actor.operator("alice", "127.0.0.1"));
  }

  /** Answers an OCSP request to anyone. */
  public OcspAnswer askOcsp(String issuer, byte[] request) {
    return ocsp.respond(issuer, request, () -> {}).join();
  }

  /** The request of an applicant that the server itself admits, so that no door is needed. */
  public Applicant applicant(Identity identity, String profile) {
    return new Applicant(
        identity,
        profile,
        new SystemProof("test"),
        Actor.system("test"),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  public RecordedCertificate issue(Applicant applicant, KeyPair key) {
    return issue(() -> applicant, key);
  }

  public RecordedCertificate issue(Supplier<Applicant> door, KeyPair key) {
    try {
      return issuance.issue(issuance.admitted(door), request(key, Names.none())).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** One more certificate of an identity, with a new key. */
  public RecordedCertificate issue(Identity identity) {
    return issue(applicant(identity, "peer"), KeyAlgorithm.P256.generate(RANDOM));
  }

  public static CertificateRequest request(KeyPair key, Names names) {
    try {
      return CertificateRequest.verified(
          CertificateRequest.create(key, Optional.of("whoever"), names));
    } catch (InvalidRequestException e) {
      throw new AssertionError(e);
    }
  }

  public static SecureRandom random() {
    return RANDOM;
  }

  @Override
  public void close() {
    denials.close();
    database.close();
  }
}
