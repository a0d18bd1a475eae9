package dev.countersign.server;

import dev.countersign.db.Database;
import dev.countersign.db.DatabaseSettings;
import dev.countersign.pki.Certificate;
import dev.countersign.server.authority.Hierarchy;
import dev.countersign.server.config.Config;
import dev.countersign.server.config.ConfigFile;
import dev.countersign.server.config.DatabaseConfig;
import dev.countersign.server.config.LimitsConfig;
import dev.countersign.server.http.Endpoints;
import dev.countersign.server.http.Listener;
import dev.countersign.server.http.ListenerContext;
import dev.countersign.server.http.ListenerLimits;
import dev.countersign.server.http.TlsMaterial;
import dev.countersign.server.issuance.CertificateStatus;
import dev.countersign.server.keys.KeyFiles;
import dev.countersign.server.keys.NativeProvider;
import dev.countersign.server.keys.Passphrase;
import dev.countersign.server.renewal.OwnCertificate;
import dev.countersign.server.renewal.OwnCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running server. What is opened is closed in the reverse order, also when starting fails in the
 * middle: listeners first, which finish what they accepted, then the database, then the lock.
 */
final class Server implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Server.class);
  private static final Duration FINISH_WITHIN = Duration.ofSeconds(10);
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final Home home;
  private Wiring wiring;
  private OwnCertificates certificates;
  private Listener https;
  private Listener plain;
  private Listener management;

  private Server(Home home) {
    this.home = home;
  }

  /**
   * @throws RuntimeException that {@link ExitCodes} explains, with everything closed again
   */
  static Server start(ServeOrder order, Ground ground) throws IOException {
    Server server = new Server(order.home());
    try {
      server.open(order, ground);
      return server;
    } catch (IOException | RuntimeException | Error e) {
      server.close();
      throw e;
    }
  }

  private void open(ServeOrder order, Ground ground) throws IOException {
    mustBeFolder(home);
    opened.push(HomeLock.take(home));
    home.finish();
    if (!home.isInitialized()) {
      throw notInitialized(home);
    }
    Config config = order.ports().applyTo(ConfigFile.read(home.config()));
    Sockets sockets = Sockets.bind(config);
    opened.push(sockets);
    LOG.info("Signing with {}", NativeProvider.install());
    Passphrase passphrase =
        Passphrase.require(order.passphraseFile(), ground.environment(), home.directory());
    Database database = Database.open(database(home, config), ground.fatal());
    opened.push(database);
    Hierarchy hierarchy =
        Hierarchy.load(database, new KeyFiles(home.directory(), ground.random()), passphrase);
    Timeliness.complaint(database, hierarchy.issuing(), ground.clock().instant())
        .ifPresent(
            complaint -> {
              throw new StartFailure(
                  ExitCodes.LOCAL_FILES, "Not started: " + complaint + ", then start again.");
            });
    ServerUrls urls = new ServerUrls(config, sockets.https().port(), sockets.http().port());
    wiring = new Wiring(new Wiring.Founded(ground, config, urls, database, hierarchy));
    opened.push(() -> wiring.workers.finish(FINISH_WITHIN));
    opened.push(wiring.clerk);
    wiring.clerk.start();
    wiring.responders.start();
    listen(config.limits(), sockets, new OwnCertificates.Keeping(home.keys(), passphrase));
    writeAddresses();
  }

  private void listen(
      LimitsConfig limits, Sockets sockets, OwnCertificates.Keeping keeping) {
    ListenerContext context = wiring.listenerContext();
    management =
        Listener.plain(
            "management",
            sockets.management(),
            limits(limits, 4),
            context,
            wiring::management);
    opened.push(management::stop);
    plain =
        Listener.plain(
            "http", sockets.http(), limits(limits, 2 + PROCESSORS), context, wiring::plain);
    opened.push(plain::stop);
    OwnCertificate own = wiring.ownCertificate(keeping);
    TlsMaterial material = own.current(this::isLive);
    https =
        Listener.https(
            sockets.https(),
            material,
            limits(limits, Math.max(6, 3 * PROCESSORS)),
            context,
            wiring::https);
    opened.push(https::stop);
    certificates = OwnCertificates.watch(own, material, https);
    opened.push(certificates);
    // First to be told of a stop: who waits for news is answered, so that nobody waits for them
    opened.push(
        () -> {
          wiring.readiness.stopping();
          wiring.polls.stop();
        });
  }

  private boolean isLive(Certificate certificate) {
    return wiring
        .certificates
        .find(certificate.serial())
        .filter(row -> row.status() == CertificateStatus.ACTIVE)
        .filter(row -> Arrays.equals(row.certificate().encoded(), certificate.encoded()))
        .isPresent();
  }

  private static ListenerLimits limits(LimitsConfig limits, int threads) {
    return new ListenerLimits(
        limits.connections(), limits.connectionsPerAddress(), limits.idle(), threads);
  }

  private void writeAddresses() throws IOException {
    Path unfinished = home.addresses().resolveSibling("addresses.json.new");
    Files.write(
        unfinished, dev.countersign.server.http.Answers.bytes(addresses()));
    Files.move(
        unfinished,
        home.addresses(),
        java.nio.file.StandardCopyOption.ATOMIC_MOVE,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
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
        "http://" + ServerUrls.literal(host) + ":" + management.port());
  }

  Wiring wiring() {
    return wiring;
  }

  OwnCertificates certificates() {
    return certificates;
  }

  List<Endpoints.Route> httpsRoutes() {
    return https.routes();
  }

  static void mustBeFolder(Home home) {
    if (!Files.isDirectory(home.directory())) {
      throw new StartFailure(
          ExitCodes.LOCAL_FILES,
          home.directory()
              + " is no folder: make an authority first with countersignd init --dir "
              + home.directory()
              + ".");
    }
  }

  static StartFailure notInitialized(Home home) {
    return new StartFailure(
        ExitCodes.LOCAL_FILES,
        "There is no authority in "
            + home.directory()
            + " (no "
            + Config.FILE_NAME
            + "): make one first with countersignd init --dir "
            + home.directory()
            + ".");
  }

  static DatabaseSettings database(Home home, Config config) {
    DatabaseConfig database = config.database();
    if (database == null) {
      return DatabaseSettings.embedded(home.database());
    }
    return new DatabaseSettings(
        database.url(),
        Optional.ofNullable(database.user()),
        Optional.ofNullable(database.passwordFile())
            .map(file -> home.directory().resolve(file)));
  }

  /** Finishes what was accepted, then closes; repeating it does nothing. */
  @Override
  public void close() {
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        LOG.warn("Something could not be closed", e);
      }
    }
  }
}
