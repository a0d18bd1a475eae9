package dev.countersign.bench.steps;

import dev.countersign.bench.machine.Disk;
import dev.countersign.bench.operations.Subjects;
import dev.countersign.db.Database;
import dev.countersign.db.DatabaseSettings;
import dev.countersign.pki.CertificateRequest;
import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.Names;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.authority.Ceremony;
import dev.countersign.server.authority.CeremonyOrder;
import dev.countersign.server.authority.CrlShards;
import dev.countersign.server.authority.Hierarchy;
import dev.countersign.server.authority.NameConstraints;
import dev.countersign.server.authority.PublicationUrls;
import dev.countersign.server.crl.CrlPublisher;
import dev.countersign.server.crl.CrlStore;
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
import dev.countersign.server.issuance.Proof;
import dev.countersign.server.issuance.RecordedCertificate;
import dev.countersign.server.issuance.StepTimer;
import dev.countersign.server.keys.KeyFiles;
import dev.countersign.server.keys.NativeProvider;
import dev.countersign.server.keys.Passphrase;
import dev.countersign.server.ledger.Actor;
import dev.countersign.server.ledger.Ledger;
import dev.countersign.server.lint.LintedDraft;
import dev.countersign.server.lint.Linter;
import dev.countersign.server.policy.ApprovedRequest;
import dev.countersign.server.policy.Entitlement;
import dev.countersign.server.policy.IssuancePolicy;
import dev.countersign.server.policy.Profiles;
import dev.countersign.server.revocation.Revoked;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** An authority below its listeners, and what goes through its steps. */
final class Corridor implements AutoCloseable {
  private static final PublicationUrls URLS =
      new PublicationUrls(URI.create("http://localhost:8080"));
  private static final String TRUST_DOMAIN = "localhost";

  private final SecureRandom random = new SecureRandom();
  private final InstantSource clock = InstantSource.system();
  private final Path folder = Files.createTempDirectory("countersign-steps");
  private final Database database;
  private final Identity identity;
  private final IssuancePolicy policy;
  private final Drafting drafting;
  private final Linter linter = new Linter();
  private final Issuance issuance;
  private final Hierarchy hierarchy;

  /** One who need not be admitted, and for whom each request stands for itself. */
  private record NoProof() implements Proof {
    @Override
    public String kind() {
      return "operator";
    }

    @Override
    public String id() {
      return Subjects.IDENTITY;
    }

    @Override
    public Optional<String> retryKey() {
      return Optional.empty();
    }

    @Override
    public void consume(Handle handle, Set<Object> held) {}
  }

  /**
   * Makes one.
   *
   * @param elsewhere its database; empty for the embedded one
   */
  Corridor(Optional<DatabaseSettings> elsewhere) throws IOException {
    NativeProvider.install();
    database =
        Database.create(
            elsewhere.orElseGet(() -> DatabaseSettings.embedded(folder)),
            (reason, cause) -> {
              throw new IllegalStateException(reason, cause);
            });
    CeremonyOrder order =
        new CeremonyOrder(
            "Bench",
            KeyAlgorithm.P256,
            KeyAlgorithm.P256,
            NameConstraints.none(),
            Names.none(),
            URLS);
    hierarchy =
        new Ceremony(
                database, new KeyFiles(folder, random), clock, random, CrlPublisher::recordFirst)
            .init(order, Passphrase.create(folder, random));
    Profiles profiles = Profiles.defaults();
    Ledger ledger = new Ledger(database);
    policy = new IssuancePolicy(profiles, hierarchy, TRUST_DOMAIN);
    drafting = new Drafting(linter, URLS, issuer -> CrlShards.ONE, random);
    issuance =
        new Issuance(
            new CertificateStore(database, ledger, clock, new CurrentContext(hierarchy, profiles)),
            policy,
            drafting,
            hierarchy,
            clock,
            StepTimer.none(),
            Runnable::run);
    identity =
        new Identities(database, ledger, clock, profiles, NameConstraints::none, TRUST_DOMAIN)
            .add(
                new NewIdentity(
                    Subjects.IDENTITY, "peer", Optional.empty(), Optional.empty(), names()),
                Mandate.ofItself(Actor.operator("bench", "127.0.0.1")));
  }

  private static Names names() {
    try {
      return Names.builder().dns("bench.internal").build();
    } catch (InvalidRequestException e) {
      throw new IllegalStateException(e); // a good name
    }
  }

  Authority issuer() {
    return hierarchy.issuing();
  }

  Hierarchy hierarchy() {
    return hierarchy;
  }

  ApprovedRequest approve(CertificateRequest request) {
    Entitlement entitlement =
        new Entitlement(
            identity.name(),
            identity.names(),
            Entitlement.Standing.PLAIN,
            "peer",
            Optional.empty(),
            Optional.empty());
    return policy.approve(entitlement, request, issuer(), clock.instant());
  }

  LintedDraft draft(ApprovedRequest approved) {
    return drafting.draft(approved, issuer());
  }

  LintedDraft lint(byte[] tbs) {
    return linter.passed(tbs, issuer().certificate());
  }

  /** All steps but the first, until the certificate is on disk. */
  RecordedCertificate issue(CertificateRequest request) {
    Applicant applicant =
        new Applicant(
            identity,
            "peer",
            new NoProof(),
            Actor.operator("bench", "127.0.0.1"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    return issuance.issue(issuance.admitted(() -> applicant), request).join();
  }

  /** The list of revocations that goes with each certificate. */
  List<byte[]> lists() {
    Places places = Places.recorded(new CrlStore(database), hierarchy, URLS, CrlShards.ONE);
    CrlPublisher publisher =
        new CrlPublisher(
            hierarchy,
            new Revoked(database),
            new CrlStore(database),
            places,
            new CrlPublisher.Schedule(Duration.ofHours(1), Duration.ofHours(24)),
            clock);
    return List.of(publisher.publishNow(issuer().name()).der());
  }

  @Override
  public void close() throws IOException {
    database.close();
    Disk.remove(folder);
  }
}
