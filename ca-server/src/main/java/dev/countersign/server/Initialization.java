package dev.countersign.server;

import dev.countersign.cli.StandardStreams;
import dev.countersign.client.Few;
import dev.countersign.db.Database;
import dev.countersign.db.DatabaseException;
import dev.countersign.db.FatalHandler;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.Names;
import dev.countersign.server.authority.Ceremony;
import dev.countersign.server.authority.CeremonyOrder;
import dev.countersign.server.authority.Hierarchy;
import dev.countersign.server.authority.NameConstraints;
import dev.countersign.server.authority.TrustDomain;
import dev.countersign.server.config.Config;
import dev.countersign.server.config.ConfigException;
import dev.countersign.server.config.ConfigFile;
import dev.countersign.server.config.DatabaseConfig;
import dev.countersign.server.crl.CrlPublisher;
import dev.countersign.server.enrollment.CreatedEnrollment;
import dev.countersign.server.identity.Mandate;
import dev.countersign.server.identity.NewIdentity;
import dev.countersign.server.identity.Role;
import dev.countersign.server.keys.KeyFiles;
import dev.countersign.server.keys.NativeProvider;
import dev.countersign.server.keys.Passphrase;
import dev.countersign.server.ledger.Actor;
import dev.countersign.server.policy.Profile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Makes an authority in an empty folder: all of it, or nothing. */
final class Initialization {
  static final String ADMIN = "admin";
  static final Duration ADMIN_STRING_LIFE = Duration.ofHours(24);

  private final Home home;
  private final Ground ground;

  Initialization(Home home, Ground ground) {
    this.home = home;
    this.ground = ground;
  }

  /** What is to be made. */
  record Order(
      Config config,
      KeyAlgorithm rootKey,
      KeyAlgorithm issuingKey,
      List<String> nameConstraints,
      Optional<Path> passphraseFile) {}

  /** What was made. */
  record Made(Hierarchy hierarchy, CreatedEnrollment admin, boolean passphraseMade) {}

  /**
   * Does it.
   *
   * @throws StartFailure when the folder is in use or the order cannot be met; the folder is as it
   *     was then
   */
  Made run(Order order) throws IOException {
    ServerUrls urls = ServerUrls.configured(order.config());
    CeremonyOrder ceremony = ceremony(order, urls); // before anything is made
    boolean created = home.create();
    HomeLock lock = HomeLock.take(home);
    try {
      home.finish();
      mustBeFree(order);
      Made made = build(order, urls, ceremony);
      lock.close();
      return made;
    } catch (IOException | RuntimeException | Error e) {
      try {
        leaveNothing(lock, created);
      } catch (IOException alsoFailed) {
        e.addSuppressed(alsoFailed);
      }
      throw e;
    }
  }

  /** A lock file in the folder of an authority stays: others may be about to take it. */
  private void leaveNothing(HomeLock lock, boolean created) throws IOException {
    if (home.isInitialized()) {
      lock.close();
      return;
    }
    home.abandonBuilding();
    lock.discard();
    if (created) {
      Files.deleteIfExists(home.directory());
    }
  }

  private void mustBeFree(Order order) throws IOException {
    if (home.isInitialized()) {
      throw new StartFailure(
          ExitCodes.LOCAL_FILES,
          "There is an authority in "
              + home.directory()
              + " already; nothing was changed. Start it with countersignd serve --dir "
              + home.directory()
              + ", or choose another --dir.");
    }
    for (Path part : List.of(home.keys(), home.database())) {
      if (Files.exists(part)) {
        throw new StartFailure(
            ExitCodes.LOCAL_FILES,
            part
                + " exists, but no "
                + Config.FILE_NAME
                + ": that may be what is left of an authority, so nothing was changed. Restore the"
                + " file from a backup, or choose another --dir.");
      }
    }
    List<String> others = home.others(given(order));
    if (!others.isEmpty()) {
      throw new StartFailure(
          ExitCodes.LOCAL_FILES,
          home.directory()
              + " is not empty: it has "
              + Few.of(others)
              + ". An authority has a folder of its own, and nothing was changed: name with --dir"
              + " an empty one, or one that is not there yet, such as "
              + home.directory().resolve("ca")
              + ".");
    }
  }

  /** Files that may lie in the folder because this init was told of them. */
  private Set<Path> given(Order order) {
    Set<Path> files = new HashSet<>();
    order.passphraseFile().map(file -> file.toAbsolutePath().normalize()).ifPresent(files::add);
    StandardStreams.file(StandardStreams.OUT).ifPresent(files::add); // gets the enrolment string
    DatabaseConfig database = order.config().database();
    if (database != null && database.passwordFile() != null) {
      files.add(home.directory().resolve(database.passwordFile()).normalize());
    }
    return files;
  }

  private Made build(Order order, ServerUrls urls, CeremonyOrder ceremony) throws IOException {
    NativeProvider.install();
    Home building = home.startBuilding();
    Optional<Passphrase> given =
        Passphrase.find(order.passphraseFile(), ground.environment(), home.directory());
    Passphrase passphrase =
        given.orElseGet(() -> Passphrase.create(building.directory(), ground.random()));
    Made made;
    try (Database database = create(building, order.config())) {
      KeyFiles files = new KeyFiles(building.directory(), ground.random());
      Hierarchy hierarchy =
          new Ceremony(database, files, ground.clock(), ground.random(), CrlPublisher::recordFirst)
              .init(ceremony, passphrase);
      TrustDomain.record(database, order.config().trustDomain());
      Wiring wiring =
          new Wiring(new Wiring.Founded(ground, order.config(), urls, database, hierarchy));
      made = new Made(hierarchy, admin(wiring), given.isEmpty());
    }
    Files.writeString(
        building.config(),
        ConfigFile.text(order.config()),
        StandardCharsets.UTF_8,
        StandardOpenOption.CREATE_NEW);
    home.commit();
    return made;
  }

  /** A failed flush of a folder that does not count yet is an error like any other. */
  private Database create(Home building, Config config) throws IOException {
    FatalHandler fatal =
        (reason, cause) -> {
          throw new StartFailure(ExitCodes.LOCAL_FILES, reason, cause);
        };
    if (config.database() == null) {
      Files.createDirectory(building.database());
    }
    try {
      return Database.create(Server.database(building, absolute(config)), fatal);
    } catch (DatabaseException.AlreadyExists e) {
      throw new StartFailure(
          ExitCodes.LOCAL_FILES,
          e.getMessage()
              + " If it is of an init that was interrupted, drop its schema and run init again.",
          e);
    }
  }

  /** Relative to the folder that will be, not to the one that is being built. */
  private Config absolute(Config config) {
    var database = config.database();
    if (database == null || database.passwordFile() == null) {
      return config;
    }
    return config.withDatabase(
        new DatabaseConfig(
            database.url(),
            database.user(),
            home.directory().resolve(database.passwordFile()).toAbsolutePath().toString()));
  }

  private static CeremonyOrder ceremony(Order order, ServerUrls urls) {
    try {
      NameConstraints constraints =
          order.nameConstraints().isEmpty()
              ? NameConstraints.none()
              : NameConstraints.permitted(order.nameConstraints());
      return new CeremonyOrder(
          order.config().name(),
          order.rootKey(),
          order.issuingKey(),
          constraints,
          urls.names(),
          urls.publication());
    } catch (IllegalArgumentException | ConfigException e) {
      throw new StartFailure(ExitCodes.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  private static CreatedEnrollment admin(Wiring wiring) {
    Mandate init = Mandate.ofItself(Actor.system("init"));
    wiring.identities.add(
        new NewIdentity(
            ADMIN, Profile.OPERATOR, Optional.of(Role.ADMIN), Optional.empty(), Names.none()),
        init);
    return wiring.enrollments.create(
        ADMIN, Optional.of(Profile.OPERATOR), ADMIN_STRING_LIFE, 1, init);
  }
}
