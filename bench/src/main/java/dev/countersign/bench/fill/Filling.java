package dev.countersign.bench.fill;

import dev.countersign.db.Database;
import dev.countersign.db.DatabaseSettings;
import dev.countersign.db.Dialect;
import dev.countersign.db.FatalHandler;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.authority.CrlShards;
import dev.countersign.server.authority.Hierarchy;
import dev.countersign.server.authority.PublicationUrls;
import dev.countersign.server.authority.TrustDomain;
import dev.countersign.server.config.Config;
import dev.countersign.server.config.ConfigFile;
import dev.countersign.server.config.DatabaseConfig;
import dev.countersign.server.keys.KeyFiles;
import dev.countersign.server.keys.Passphrase;
import dev.countersign.server.policy.Profiles;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.postgresql.ds.PGSimpleDataSource;

/** Fills the database of an authority that was served once and is not now. */
public final class Filling {
  private static final int PORTION = 2_000;

  private final Path folder;
  private final Config config;

  /**
   * How much.
   *
   * @param span since when they were issued, evenly
   */
  public record Amount(long certificates, long services, long revoked, Duration span) {}

  /**
   * @param folder of {@code countersignd init}
   */
  public Filling(Path folder) {
    this.folder = folder;
    this.config = ConfigFile.read(folder.resolve(Config.FILE_NAME));
  }

  /** The serials of what was or will be made of this authority. */
  public static Serials serials(Authority issuer) {
    return new Serials(issuer.certificate().encoded());
  }

  /** What the database has before. */
  private record Ground(
      Hierarchy hierarchy,
      String trustDomain,
      int shards,
      String location,
      long certificates,
      long events,
      long denials) {}

  /** Fills it; what was in it stays. */
  public void run(Amount amount) throws IOException, InterruptedException, ExecutionException {
    SecureRandom random = new SecureRandom();
    Database database = Database.open(settings(), FatalHandler.process());
    Ground ground = ground(database, random);
    Target target;
    if (database.dialect() == Dialect.H2) {
      target = new BatchTarget(database);
    } else {
      database.close();
      target = new CopyTarget(postgresql());
    }
    Plan plan =
        new Plan(
            amount.certificates(),
            amount.services(),
            amount.revoked(),
            Instant.now(),
            amount.span(),
            Duration.ofDays(90),
            ground.certificates() + 1,
            ground.events() + 1,
            ground.denials() + 1);
    Authority issuer = ground.hierarchy().issuing();
    Signing signing =
        new Signing(
            issuer,
            new CrlShards(ground.shards()),
            new PublicationUrls(URI.create(ground.location())),
            Profiles.base(Making.PROFILE),
            random);
    Making making = new Making(plan, signing, serials(issuer), issuer.name(), ground.trustDomain());
    fill(plan, making, target);
    target.run(finish(plan));
    target.close();
  }

  private static void fill(Plan plan, Making making, Target target)
      throws InterruptedException, ExecutionException {
    portions(plan.services(), (from, to) -> target.write(making.services(from, to)));
    portions(plan.count(), (from, to) -> target.write(making.certificates(from, to)));
  }

  private interface Portion {
    void write(long from, long to);
  }

  private static void portions(long all, Portion portion)
      throws InterruptedException, ExecutionException {
    ExecutorService threads =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    AtomicLong next = new AtomicLong();
    Runnable worker =
        () -> {
          for (long from = next.getAndAdd(PORTION); from < all; from = next.getAndAdd(PORTION)) {
            portion.write(from, Math.min(all, from + PORTION));
            if (from % 500_000 == 0) {
              System.err.printf("%,d of %,d%n", from, all);
            }
          }
        };
    try {
      List<? extends Future<?>> running =
          IntStream.range(0, Runtime.getRuntime().availableProcessors())
              .mapToObj(thread -> threads.submit(worker))
              .toList();
      for (Future<?> one : running) {
        one.get();
      }
    } finally {
      threads.shutdown();
    }
  }

  /** What else the server would have written by now. */
  private static List<String> finish(Plan plan) {
    long retries = 0;
    for (long index = plan.count(); index > 0 && plan.retries(index - 1); index--) {
      retries++;
    }
    return List.of(
        "alter table certificate alter column number restart with "
            + (plan.firstCertificate() + plan.count()),
        "alter table event alter column number restart with "
            + (plan.firstEvent() + plan.count() + plan.revoked()),
        "update guard set last_number = "
            + (plan.firstDenial() + plan.revoked() - 1)
            + " where name = 'revocation'",
        "update guard set last_number = last_number + "
            + plan.revoked()
            + " where name = 'denials'",
        "update guard set last_number = "
            + (plan.firstCertificate() + plan.count() - retries - 1)
            + " where name = 'retry'");
  }

  private Ground ground(Database database, SecureRandom random) {
    Hierarchy hierarchy =
        Hierarchy.load(
            database,
            new KeyFiles(folder, random),
            Passphrase.require(Optional.empty(), System.getenv(), folder));
    return new Ground(
        hierarchy,
        TrustDomain.of(database),
        (int) number(database, "select max(shards) from crl_sharding"),
        database.read(
            handle ->
                handle
                    .createQuery("select base from crl_location order by number desc limit 1")
                    .mapTo(String.class)
                    .one()),
        number(database, "select coalesce(max(number), 0) from certificate"),
        number(database, "select coalesce(max(number), 0) from event"),
        number(database, "select last_number from guard where name = 'revocation'"));
  }

  private static long number(Database database, String sql) {
    return database.read(handle -> handle.createQuery(sql).mapTo(Long.class).one());
  }

  private DatabaseSettings settings() {
    DatabaseConfig database = config.database();
    return database == null
        ? DatabaseSettings.embedded(folder.resolve("database"))
        : new DatabaseSettings(
            database.url(),
            Optional.ofNullable(database.user()),
            Optional.ofNullable(database.passwordFile()).map(folder::resolve));
  }

  private PGSimpleDataSource postgresql() throws IOException {
    DatabaseSettings settings = settings();
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setURL(settings.url());
    settings.user().ifPresent(source::setUser);
    if (settings.passwordFile().isPresent()) {
      source.setPassword(Files.readString(settings.passwordFile().get()).strip());
    }
    return source;
  }
}
