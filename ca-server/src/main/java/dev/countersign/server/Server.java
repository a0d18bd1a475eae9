package dev.countersign.server;

import dev.countersign.db.Database;
import dev.countersign.db.DatabaseSettings;
import dev.countersign.pki.Certificate;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.authority.Hierarchy;
import dev.countersign.server.authority.TrustDomain;
import dev.countersign.server.config.Config;
import dev.countersign.server.config.ConfigFile;
import dev.countersign.server.config.DatabaseConfig;
import dev.countersign.server.config.LimitsConfig;
import dev.countersign.server.http.Answers;
import dev.countersign.server.http.BodyBudget;
import dev.countersign.server.http.Endpoints;
import dev.countersign.server.http.Listener;
import dev.countersign.server.http.ListenerContext;
import dev.countersign.server.http.ListenerLimits;
import dev.countersign.server.http.TlsMaterial;
import dev.countersign.server.issuance.CertificateStatus;
import dev.countersign.server.keys.KeyFiles;
import dev.countersign.server.keys.NativeProvider;
import dev.countersign.server.keys.Passphrase;
import dev.countersign.server.ocsp.OcspResponder;
import dev.countersign.server.renewal.OwnCertificate;
import dev.countersign.server.renewal.OwnCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running server. Stopping goes the way of starting backwards: listeners first, which finish what
 * they accepted, then the database, then the lock.
 */
final class Server implements AutoCloseable {
  // Longer than the longest wait that a caller may ask for
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(75);
  private static final Logger LOG = LoggerFactory.getLogger(Server.class);
  private static final Duration FINISH_WITHIN = Duration.ofSeconds(10);
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();
  private static final Duration LAG = Duration.ofSeconds(1);
  private static final int LARGEST_BODY = 64 * 1024;

  private final Opened opened;
  private final Wiring wiring;
  private final Listeners listeners;

  /** What listens, and what looks after its certificate. */
  record Listeners(
      Listener https, Listener http, Listener management, OwnCertificates certificates) {}

  private Server(Opened opened, Wiring wiring, Listeners listeners) {
    this.opened = opened;
    this.wiring = wiring;
    this.listeners = listeners;
  }

  /**
   * Starts; returns when everything answers.
   *
   * @throws RuntimeException that {@link ExitCodes} explains, with everything closed again
   */
  static Server start(ServeOrder order, Ground ground) throws IOException {
    Opened opened = new Opened();
    ExecutorService ahead = ahead();
    try {
      return start(order, ground, opened, ahead);
    } catch (IOException | RuntimeException | Error e) {
      opened.close();
      throw e;
    } finally {
      ahead.shutdown();
    }
  }

  /** Beside the start, for what takes computing alone: it is half of a start. */
  private static ExecutorService ahead() {
    return Executors.newFixedThreadPool(
        Math.max(1, PROCESSORS - 1),
        task -> {
          Thread thread = new Thread(task, "countersign-start");
          thread.setDaemon(true);
          return thread;
        });
  }

  private static Server start(ServeOrder order, Ground ground, Opened opened, Executor ahead)
      throws IOException {
    CompletableFuture<NativeProvider.Signing> signing =
        CompletableFuture.supplyAsync(NativeProvider::install, ahead);
    Home home = order.home();
    opened.add(HomeLock.ofAuthority(home));
    Exposure.of(home).forEach(LOG::warn);
    Files.deleteIfExists(home.addresses()); // of a process that was killed
    Config config = configuration(order);
    Passphrase passphrase =
        Passphrase.require(order.passphraseFile(), ground.environment(), home.directory());
    Sockets sockets = opened.add(Sockets.bind(config));
    KeyFiles keys = new KeyFiles(home.directory(), ground.random());
    Executor afterwards = task -> signing.thenRunAsync(task, ahead);
    keys.openAhead(Hierarchy.ISSUING, passphrase, afterwards);
    Database database = opened.add(Database.open(database(home, config), ground.fatal()));
    mustBeOf(TrustDomain.of(database), config, home);
    LOG.info("Signing with {}", signing.join().provider());
    Hierarchy hierarchy = Hierarchy.load(database, keys, passphrase);
    StartClock.check(database, hierarchy.issuing(), ground.clock(), order.clockIsRight());
    ServerUrls urls = new ServerUrls(config, sockets.https().port(), sockets.http().port());
    Wiring wiring = new Wiring(new Wiring.Founded(ground, config, urls, database, hierarchy));
    Metrics.signing(wiring.meters, signing.join());
    opened.add(() -> wiring.workers.finish(FINISH_WITHIN));
    opened.add(wiring.readiness);
    opened.add(wiring.clockWatch).start();
    opened.add(wiring.clerk).start();
    opened.add(wiring.news);
    opened.add(wiring.checkins).start();
    opened.add(wiring.denials).start();
    opened.add(wiring.cleaner).start();
    wiring.responders.start();
    Listeners listeners =
        listen(
            wiring, sockets, new OwnCertificates.Keeping(home.keys(), passphrase, ahead), opened);
    sockets.tell(config.listeners());
    Server server = new Server(opened, wiring, listeners);
    home.writeAddresses(Answers.bytes(server.addresses()));
    opened.add(() -> Files.deleteIfExists(home.addresses()));
    return server;
  }

  private static Config configuration(ServeOrder order) {
    Config written = ConfigFile.read(order.home().config());
    try {
      return order.listening().applyTo(written);
    } catch (IllegalArgumentException e) { // what the file says was checked when it was read
      throw new StartFailure(ExitCodes.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  /** Under another one its clients would not know it any more, and say nothing of why. */
  private static void mustBeOf(String trustDomain, Config config, Home home) {
    if (!config.trustDomain().equals(trustDomain)) {
      throw new StartFailure(
          ExitCodes.LOCAL_FILES,
          home.config()
              + ": trustDomain is "
              + config.trustDomain()
              + ", but this authority was made for "
              + trustDomain
              + ", which stands in its certificates and is what its clients know it by. Write"
              + " trustDomain: "
              + trustDomain
              + " there and start again; for another trust domain, make another authority with"
              + " countersignd init.");
    }
  }

  private static Listeners listen(
      Wiring wiring, Sockets sockets, OwnCertificates.Keeping keeping, Opened opened) {
    LimitsConfig limits = wiring.founded.config().limits();
    ListenerContext context = wiring.listenerContext();
    OwnCertificate own = wiring.ownCertificate(keeping);
    Listener management =
        Listener.plain(
            "management",
            sockets.management(),
            plain(limits, ANSWER_WITHIN, 4), // who asks whether it lives is never sent away
            context,
            wiring::management);
    opened.add(management::stop);
    Listener plain =
        Listener.plain(
            "http", sockets.http(), plain(limits, LAG, 2 + PROCESSORS), context, wiring::plain);
    opened.add(plain::stop);
    TlsMaterial material = own.current(certificate -> isLive(wiring, certificate));
    Listener https =
        Listener.https(
            sockets.https(),
            material,
            https(limits, Math.max(6, 3 * PROCESSORS)),
            context,
            wiring::https);
    opened.add(https::stop);
    OwnCertificates certificates = opened.add(OwnCertificates.watch(own, material, https));
    // First to be told of a stop: who waits for news is answered, so that nobody waits for them
    opened.add(
        () -> {
          wiring.readiness.stopping();
          wiring.polls.stop();
          wiring.news.polls().stop();
        });
    return new Listeners(https, plain, management, certificates);
  }

  private static boolean isLive(Wiring wiring, Certificate certificate) {
    return wiring
        .certificates
        .find(certificate.serial())
        .filter(row -> row.status() == CertificateStatus.ACTIVE)
        .filter(row -> Arrays.equals(row.certificate().encoded(), certificate.encoded()))
        .flatMap(row -> wiring.founded.hierarchy().find(row.issuer()))
        .filter(issuer -> issuer.state() != Authority.State.REVOKED)
        .isPresent();
  }

  private static ListenerLimits https(LimitsConfig limits, int threads) {
    return limits(limits, LAG, threads, LARGEST_BODY, BodyBudget.ofHeap(8));
  }

  /** Of a budget of its own, so that nobody there can keep revocations from being heard. */
  private static ListenerLimits plain(LimitsConfig limits, Duration lag, int threads) {
    return limits(limits, lag, threads, OcspResponder.LONGEST_REQUEST, BodyBudget.ofHeap(32));
  }

  private static ListenerLimits limits(
      LimitsConfig limits, Duration lag, int threads, int body, BodyBudget bodies) {
    return new ListenerLimits(
        limits.connections(),
        limits.connectionsPerAddress(),
        limits.idle(),
        ANSWER_WITHIN,
        lag,
        threads,
        body,
        bodies);
  }

  /** Base URLs of the listeners. */
  record Addresses(String https, String http, String management) {}

  Addresses addresses() {
    Config config = wiring.founded.config();
    ServerUrls urls = wiring.founded.urls();
    String bind = config.listeners().management().bind();
    String host = bind.equals("0.0.0.0") || bind.equals("::") ? "localhost" : bind;
    return new Addresses(
        urls.endpoints().get(0).toString(),
        urls.publication().base().toString(),
        "http://" + ServerUrls.literal(host) + ":" + listeners.management().port());
  }

  Wiring wiring() {
    return wiring;
  }

  OwnCertificates certificates() {
    return listeners.certificates();
  }

  List<Endpoints.Route> httpRoutes() {
    return listeners.http().routes();
  }

  List<Endpoints.Route> httpsRoutes() {
    return listeners.https().routes();
  }

  static DatabaseSettings database(Home home, Config config) {
    DatabaseConfig database = config.database();
    if (database == null) {
      return DatabaseSettings.embedded(home.database());
    }
    return new DatabaseSettings(
        database.url(),
        Optional.ofNullable(database.user()),
        Optional.ofNullable(database.passwordFile()).map(file -> home.directory().resolve(file)));
  }

  /** Finishes what was accepted, then closes; repeating it does nothing. */
  @Override
  public void close() {
    opened.close();
  }
}
