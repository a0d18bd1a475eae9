package dev.countersign.server;

import dev.countersign.db.Database;
import dev.countersign.db.FatalHandler;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.access.Access;
import dev.countersign.server.access.SignedHolders;
import dev.countersign.server.access.SignedRequests;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.authority.AuthorityRoutes;
import dev.countersign.server.authority.CrlShards;
import dev.countersign.server.authority.Hierarchy;
import dev.countersign.server.authority.RevokedAuthorities;
import dev.countersign.server.authority.TrustRoutes;
import dev.countersign.server.cleaning.Chores;
import dev.countersign.server.cleaning.Cleaner;
import dev.countersign.server.cleaning.Retention;
import dev.countersign.server.config.LimitsConfig;
import dev.countersign.server.config.RetentionConfig;
import dev.countersign.server.crl.CrlClerk;
import dev.countersign.server.crl.CrlPublisher;
import dev.countersign.server.crl.CrlRoutes;
import dev.countersign.server.crl.CrlStore;
import dev.countersign.server.crl.KnownDenials;
import dev.countersign.server.crl.Places;
import dev.countersign.server.crl.PublishedCrl;
import dev.countersign.server.enrollment.EnrollRoutes;
import dev.countersign.server.enrollment.EnrollmentDoor;
import dev.countersign.server.enrollment.EnrollmentRoutes;
import dev.countersign.server.enrollment.Enrollments;
import dev.countersign.server.enrollment.Meeting;
import dev.countersign.server.feed.CheckinRoutes;
import dev.countersign.server.feed.Checkins;
import dev.countersign.server.feed.DenialFeed;
import dev.countersign.server.feed.DenialRoutes;
import dev.countersign.server.feed.News;
import dev.countersign.server.http.ContractRoutes;
import dev.countersign.server.http.Endpoints;
import dev.countersign.server.http.ListenerContext;
import dev.countersign.server.http.LongPolls;
import dev.countersign.server.http.ManagementRoutes;
import dev.countersign.server.http.Problems;
import dev.countersign.server.http.RateLimits;
import dev.countersign.server.http.Readiness;
import dev.countersign.server.http.Workers;
import dev.countersign.server.identity.Identities;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.identity.IdentityRoutes;
import dev.countersign.server.issuance.AnswerContext;
import dev.countersign.server.issuance.CertificateRoutes;
import dev.countersign.server.issuance.CertificateStore;
import dev.countersign.server.issuance.CurrentContext;
import dev.countersign.server.issuance.Drafting;
import dev.countersign.server.issuance.Issuance;
import dev.countersign.server.issuance.IssueRoutes;
import dev.countersign.server.issuance.IssuedJson;
import dev.countersign.server.issuance.LoadedJson;
import dev.countersign.server.lease.Lease;
import dev.countersign.server.ledger.EventRoutes;
import dev.countersign.server.ledger.Ledger;
import dev.countersign.server.lint.Linter;
import dev.countersign.server.ocsp.OcspRecords;
import dev.countersign.server.ocsp.OcspResponder;
import dev.countersign.server.ocsp.OcspRoutes;
import dev.countersign.server.ocsp.OcspSigner;
import dev.countersign.server.ocsp.Responders;
import dev.countersign.server.policy.IssuancePolicy;
import dev.countersign.server.policy.ProfileRoutes;
import dev.countersign.server.policy.Profiles;
import dev.countersign.server.renewal.OwnCertificate;
import dev.countersign.server.renewal.OwnCertificates;
import dev.countersign.server.renewal.RenewalDoor;
import dev.countersign.server.renewal.RenewalInfoRoutes;
import dev.countersign.server.renewal.RenewalInfos;
import dev.countersign.server.renewal.RenewalRoutes;
import dev.countersign.server.revocation.RevocationRoutes;
import dev.countersign.server.revocation.Revocations;
import dev.countersign.server.revocation.Revoked;
import dev.countersign.server.revocation.Statuses;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The one place that says {@code new}: read it from top to bottom to know the architecture. An
 * instance is the whole server but for its sockets; {@link Server} starts and stops it.
 */
final class Wiring {
  // Work that waits for the database; more threads than it has connections would only wait there
  private static final int WORKERS = 16;
  private static final int WORKER_QUEUE = 4096;
  private static final Duration FINISH_WITHIN = Duration.ofSeconds(20);

  final Founded founded;
  final Profiles profiles;
  final Identities identities;
  final Enrollments enrollments;
  final AnswerContext context;
  final CertificateStore certificates;
  final Issuance issuance;
  final CrlPublisher crls;
  final CrlClerk clerk;
  final KnownDenials denials;
  final Cleaner cleaner;
  final Revocations revocations;
  final Responders responders;
  final OcspResponder ocsp;
  final Workers workers = new Workers(WORKERS, WORKER_QUEUE);
  final LongPolls polls = new LongPolls(workers);
  final News news = new News();
  final Checkins checkins;
  final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  final ClockWatch clockWatch;
  final Readiness readiness;
  private final DenialFeed feed;
  private final Ground ground;
  private final RevokedAuthorities revokedCas;
  private final Ledger ledger;

  /** What was opened before: all that a server stands on. */
  record Founded(
      Ground ground,
      dev.countersign.server.config.Config config,
      ServerUrls urls,
      Database database,
      Hierarchy hierarchy) {}

  /** The only clock and the only source of chance. */
  static Ground ground() {
    SteadyClock clock =
        new SteadyClock(InstantSource.system(), System::nanoTime, new Uptime()::nanoseconds);
    return new Ground(clock, new SecureRandom(), System.getenv(), FatalHandler.process());
  }

  Wiring(Founded founded) {
    this.founded = founded;
    ground = founded.ground();
    InstantSource clock = ground.clock();
    Database database = founded.database();
    Hierarchy hierarchy = founded.hierarchy();
    profiles = ProfileSettings.of(founded.config());
    ledger = new Ledger(database);
    identities =
        new Identities(
            database,
            ledger,
            clock,
            profiles,
            () -> hierarchy.issuing().facts().constraints(),
            founded.config().trustDomain());
    enrollments =
        new Enrollments(database, ledger, clock, ground.random(), this::isProfile, this::meeting);
    context = new CurrentContext(hierarchy, profiles);
    certificates = new CertificateStore(database, ledger, clock, context);
    IssuancePolicy policy = new IssuancePolicy(profiles, hierarchy, founded.config().trustDomain());
    var crl = founded.config().crl();
    CrlStore crlStore = new CrlStore(database);
    Places places =
        Places.recorded(
            crlStore, hierarchy, founded.urls().publication(), new CrlShards(crl.shards()));
    Drafting drafting =
        new Drafting(new Linter(), founded.urls().publication(), places::shards, ground.random());
    issuance =
        new Issuance(
            certificates, policy, drafting, hierarchy, clock, new MeasuredSteps(meters), workers);
    revokedCas = new RevokedAuthorities(database);
    crls =
        new CrlPublisher(
            hierarchy,
            new Revoked(database),
            crlStore,
            places,
            new CrlPublisher.Schedule(crl.interval(), crl.life()),
            clock);
    String node = node();
    clerk = new CrlClerk(crls, new Lease(database, "crl", node));
    denials = new KnownDenials(hierarchy, new Revoked(database), crls, clock);
    denials.tell(news::announce);
    feed = new DenialFeed(denials, hierarchy);
    checkins = new Checkins(database, clock, crl.life());
    revocations = new Revocations(database, ledger, clock, List.of(denials, clerk));
    responders = new Responders(issuance, hierarchy, this::self, clock, ground.random());
    ocsp =
        new OcspResponder(
            hierarchy,
            denials,
            new OcspRecords(new Statuses(database), revokedCas, workers),
            new OcspSigner(responders, crl.interval()));
    Chores chores = Chores.of(retention(founded.config().retention()), ledger);
    cleaner =
        new Cleaner(
            database,
            new Lease(database, "cleaning", node),
            chores,
            clock,
            Metrics.removals(meters, chores.names()));
    clockWatch = new ClockWatch(ground.clock(), database, meters);
    readiness = new Readiness(checks());
    Metrics.bind(meters, workers, polls, news.polls());
  }

  private static Retention retention(RetentionConfig retention) {
    return new Retention(
        retention.enrollments(),
        retention.retryKeys(),
        Optional.ofNullable(retention.certificates()),
        Optional.ofNullable(retention.events()));
  }

  /** What other nodes know this one by, from this start to its end. */
  private String node() {
    byte[] name = new byte[16];
    ground.random().nextBytes(name);
    return HexFormat.of().formatHex(name);
  }

  private boolean isProfile(String name) {
    return profiles.find(name).isPresent();
  }

  private Meeting meeting() {
    return new Meeting(
        founded.urls().endpoints(),
        founded.hierarchy().trustBundle().roots().stream().map(Certificate::pin).toList());
  }

  /** The authority itself; what it may be called is its configuration's to say. */
  private Identity self() {
    Identity stored = identities.find(Identity.RESERVED).orElseThrow();
    return new Identity(
        stored.name(),
        stored.profile(),
        stored.role(),
        stored.owner(),
        founded.urls().names(),
        stored.state(),
        stored.createdAt(),
        stored.revokedAt(),
        stored.revocationReason(),
        stored.version());
  }

  OwnCertificate ownCertificate(OwnCertificates.Keeping keeping) {
    return OwnCertificates.of(
        new OwnCertificate.Situation(
            self(), founded.hierarchy().trustBundle().roots(), founded.urls().names()),
        issuance,
        context,
        keeping,
        ground.clock(),
        ground.random());
  }

  ListenerContext listenerContext() {
    return new ListenerContext(
        new Problems(
            ground.clock(), founded.urls().endpoints().get(0).resolve(ContractRoutes.ADDRESS)),
        workers,
        meters,
        ground.clock(),
        ground.random(),
        FINISH_WITHIN);
  }

  /** All that is answered over HTTPS. */
  void https(Endpoints endpoints) {
    InstantSource clock = ground.clock();
    Access access = new Access(identities, certificates, clock);
    SignedRequests requests = new SignedRequests(founded.urls().hosts(), clock);
    SignedHolders signed = new SignedHolders(access, requests);
    LimitsConfig limits = founded.config().limits();
    RateLimits rates = new RateLimits(rate(limits.perAddress()), rate(limits.perIdentity()), clock);
    IssuedJson.Companions companions =
        new AnswerCompanions(
            founded.hierarchy(),
            crls,
            founded.urls().publication(),
            founded.config().crl().largestInAnswers());

    new TrustRoutes(founded.hierarchy(), polls).register(endpoints);
    // Counted apart: who fetches what is denied, or checks in, keeps nobody from renewing
    RateLimits apart = new RateLimits(rate(limits.perAddress()), new RateLimits.Rate(0, 0), clock);
    new DenialRoutes(feed, checkins, news.polls(), apart).register(endpoints);
    new CheckinRoutes(
            checkins,
            feed,
            () -> founded.hierarchy().trustBundle().number(),
            new CheckinRoutes.Callers(access, signed, apart),
            clock)
        .register(endpoints);
    EnrollmentDoor enrollmentDoor = new EnrollmentDoor(enrollments, requests, clock);
    new EnrollRoutes(enrollmentDoor, identities, issuance, companions, rates).register(endpoints);
    RenewalDoor renewalDoor = new RenewalDoor(access, signed, this::grace, clock);
    new RenewalRoutes(renewalDoor, identities, issuance, companions, rates).register(endpoints);
    new RenewalInfoRoutes(
            new RenewalInfos(founded.database(), ledger, founded.hierarchy(), context, clock),
            new RenewalInfoRoutes.Known(certificates, identities, founded.hierarchy()),
            access,
            apart)
        .register(endpoints);
    new IssueRoutes(issuance, identities, access, companions, rates, founded.database().dialect())
        .register(endpoints);
    new CertificateRoutes(certificates, this::loaded, access, clock).register(endpoints);
    new RevocationRoutes(revocations, certificates, access, signed, rates, clock)
        .register(endpoints);
    new IdentityRoutes(identities, access).register(endpoints);
    new EnrollmentRoutes(enrollments, access).register(endpoints);
    new ProfileRoutes(profiles, access).register(endpoints);
    authorityRoutes(access).register(endpoints);
    new EventRoutes(ledger, access).register(endpoints);
    ContractRoutes.register(endpoints);
  }

  private Optional<LoadedJson> loaded(SerialNumber serial) {
    return checkins
        .find(serial)
        .map(one -> new LoadedJson(one.seenAt(), one.denials(), one.trustBundle(), one.version()));
  }

  /** All that is answered without TLS. */
  void plain(Endpoints endpoints) {
    InstantSource clock = ground.clock();
    authorityRoutes(new Access(identities, certificates, clock)).registerPlain(endpoints);
    new CrlRoutes(crls, clock, founded.config().crl().interval()).registerPlain(endpoints);
    // Not those of HTTPS: who checks certificates keeps nobody from renewing one
    RateLimits rates =
        new RateLimits(
            rate(founded.config().limits().perAddress()), new RateLimits.Rate(0, 0), clock);
    new OcspRoutes(ocsp, rates, clock).registerPlain(endpoints);
  }

  void management(Endpoints endpoints) {
    new ManagementRoutes(readiness, meters).register(endpoints);
  }

  private AuthorityRoutes authorityRoutes(Access access) {
    return new AuthorityRoutes(
        founded.hierarchy(),
        revokedCas,
        access,
        name -> crls.current(name).map(PublishedCrl::number));
  }

  private Duration grace(String profile) {
    return profiles.find(profile).orElseGet(() -> Profiles.base(profile)).grace();
  }

  private static RateLimits.Rate rate(LimitsConfig.RateConfig rate) {
    return new RateLimits.Rate(rate.perSecond(), rate.burst());
  }

  private Map<String, Supplier<Optional<String>>> checks() {
    Map<String, Supplier<Optional<String>>> checks = new LinkedHashMap<>();
    checks.put(
        "database",
        () -> {
          founded.database().ping();
          return Optional.empty();
        });
    checks.put(
        "key",
        () ->
            founded.hierarchy().issuing().keyPresent()
                ? Optional.empty()
                : Optional.of("the issuing CA's key is not here"));
    checks.put(
        "crl", () -> crls.isFresh() ? Optional.empty() : Optional.of("a list is out of date"));
    checks.put(
        "authorities",
        () ->
            founded.hierarchy().isAsRecorded(founded.database())
                ? Optional.empty()
                : Optional.of(
                    "the database has other authorities than this server started with: give it the"
                        + " keys that are new, and start it again"));
    checks.put("clock", this::clockIsRight);
    return checks;
  }

  private Optional<String> clockIsRight() {
    Instant now = ground.clock().instant();
    Authority issuing = founded.hierarchy().issuing();
    return clockWatch.complaint().or(() -> Timeliness.complaint(founded.database(), issuing, now));
  }
}
