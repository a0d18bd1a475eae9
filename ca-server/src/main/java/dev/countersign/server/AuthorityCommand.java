package dev.countersign.server;

import dev.countersign.db.Database;
import dev.countersign.pki.RevocationReason;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.authority.CrlShards;
import dev.countersign.server.authority.Hierarchy;
import dev.countersign.server.authority.PublicationUrls;
import dev.countersign.server.authority.Replacement;
import dev.countersign.server.config.Config;
import dev.countersign.server.config.ConfigFile;
import dev.countersign.server.crl.CrlPublisher;
import dev.countersign.server.crl.CrlStore;
import dev.countersign.server.crl.Places;
import dev.countersign.server.keys.KeyFiles;
import dev.countersign.server.keys.Passphrase;
import dev.countersign.server.ledger.Actor;
import dev.countersign.server.ocsp.RootStatements;
import dev.countersign.server.revocation.CaDenials;
import dev.countersign.server.revocation.Revoked;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code countersignd authority}. */
@Command(
    name = "authority",
    mixinStandardHelpOptions = true,
    description = "Throws out an issuing CA whose key is stolen.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = AuthorityCommand.Revoke.class)
final class AuthorityCommand {
  private AuthorityCommand() {}

  /** {@code countersignd authority revoke}. */
  @Command(
      name = "revoke",
      mixinStandardHelpOptions = true,
      description = {
        "Revokes an issuing CA and makes the next one under the same root, whose key must be here.",
        "The server must be stopped, and so must all others of the same database. Whatever the CA"
            + " has certified is refused by all who check revocation, until it is renewed."
      })
  static final class Revoke implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;
    @Mixin private final HomeOption home = new HomeOption();

    @Parameters(paramLabel = "NAME", description = "The issuing CA, such as issuing-1.")
    private String name = "";

    @Option(
        names = "--reason",
        paramLabel = "REASON",
        required = true,
        description =
            "cACompromise, superseded, cessationOfOperation, affiliationChanged or unspecified.")
    private String reason = "";

    @Option(
        names = "--i-understand-that-all-its-certificates-fall",
        required = true,
        description = "Every service must be renewed before others believe it again.")
    private boolean understood;

    @Override
    @SuppressWarnings("try") // the lock is held, not used
    public Integer call() throws IOException {
      Home folder = home.home();
      Ground ground = Wiring.ground();
      try (HomeLock lock = HomeLock.ofAuthority(folder)) {
        Config config = ConfigFile.read(folder.config());
        Passphrase passphrase =
            Passphrase.require(home.passphraseFile(), ground.environment(), folder.directory());
        KeyFiles files = new KeyFiles(folder.directory(), ground.random());
        try (Database database = Database.open(Server.database(folder, config), ground.fatal())) {
          PublicationUrls urls = urls(config, new CrlStore(database));
          Replacement.Order order = order(config, urls);
          if (isRevoked(Hierarchy.load(database, files, passphrase))) {
            say(name + " is revoked already; nothing was changed.");
            return ExitCodes.DONE;
          }
          Replacement.Done done = replace(database, files, ground, order, passphrase);
          publish(database, Hierarchy.load(database, files, passphrase), config, urls, ground);
          tell(done);
        }
      }
      return ExitCodes.DONE;
    }

    private boolean isRevoked(Hierarchy hierarchy) {
      return hierarchy
          .find(name)
          .filter(found -> found.kind() == Authority.Kind.ISSUING)
          .filter(found -> found.state() == Authority.State.REVOKED)
          .isPresent();
    }

    /** Where the server was last, unless the file says: the ports may have been options then. */
    private static PublicationUrls urls(Config config, CrlStore store) {
      PublicationUrls configured = ServerUrls.configured(config).publication();
      return config.listeners().http().url() == null
          ? Places.newest(store).orElse(configured)
          : configured;
    }

    private Replacement.Order order(Config config, PublicationUrls urls) {
      try {
        return new Replacement.Order(name, RevocationReason.parse(reason), config.name(), urls);
      } catch (IllegalArgumentException e) {
        throw new StartFailure(ExitCodes.USAGE, "--reason: " + e.getMessage(), e);
      }
    }

    private static Replacement.Done replace(
        Database database,
        KeyFiles files,
        Ground ground,
        Replacement.Order order,
        Passphrase passphrase) {
      Hierarchy hierarchy = Hierarchy.load(database, files, passphrase);
      Timeliness.complaint(database, hierarchy.issuing(), ground.clock().instant())
          .ifPresent(
              complaint -> {
                throw new StartFailure(
                    ExitCodes.LOCAL_FILES,
                    "Nothing was revoked: " + complaint + ", then do this again.");
              });
      return new Replacement(
              database,
              files,
              ground.clock(),
              ground.random(),
              CaDenials::record,
              RootStatements::revoked)
          .run(hierarchy, order, passphrase, Actor.system("countersignd authority revoke"));
    }

    /** While the root's key is here. */
    private static void publish(
        Database database,
        Hierarchy hierarchy,
        Config config,
        PublicationUrls urls,
        Ground ground) {
      CrlStore store = new CrlStore(database);
      new CrlPublisher(
              hierarchy,
              new Revoked(database),
              store,
              Places.recorded(store, hierarchy, urls, new CrlShards(config.crl().shards())),
              new CrlPublisher.Schedule(config.crl().interval(), config.crl().life()),
              ground.clock())
          .publishDue();
    }

    private void tell(Replacement.Done done) {
      say(
          done.revoked().name()
              + " is revoked since "
              + done.revoked().revokedAt().truncatedTo(ChronoUnit.SECONDS)
              + ", and "
              + done.successor().name()
              + " issues from now on.");
      say(
          "Next: take the root's key away again (countersignd root remove "
              + home.again()
              + " --copy FILE); give keys/"
              + done.successor().name()
              + ".pem to all servers of this database; start them (countersignd serve "
              + home.again()
              + "); then on each machine: countersign renew --force");
    }

    private void say(String text) {
      if (spec != null) {
        spec.commandLine().getErr().println(text);
        spec.commandLine().getErr().flush();
      }
    }
  }
}
