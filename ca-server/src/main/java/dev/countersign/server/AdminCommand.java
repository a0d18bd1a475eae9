package dev.countersign.server;

import dev.countersign.db.Database;
import dev.countersign.pki.Names;
import dev.countersign.server.authority.Hierarchy;
import dev.countersign.server.config.Config;
import dev.countersign.server.config.ConfigFile;
import dev.countersign.server.enrollment.CreatedEnrollment;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.identity.IdentityChange;
import dev.countersign.server.identity.Mandate;
import dev.countersign.server.identity.NewIdentity;
import dev.countersign.server.identity.Role;
import dev.countersign.server.identity.RoleChange;
import dev.countersign.server.keys.KeyFiles;
import dev.countersign.server.keys.Passphrase;
import dev.countersign.server.ledger.Actor;
import dev.countersign.server.policy.Profile;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code countersignd admin}: the way back in for whoever has the machine. */
@Command(
    name = "admin",
    mixinStandardHelpOptions = true,
    description = {
      "Prints an enrolment string for an admin, when the first was lost or no admin is left.",
      "The server must be stopped. The identity is added, restored and made an admin if need be;"
          + " the ledger keeps that it was done here."
    })
final class AdminCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private final HomeOption home = new HomeOption();

  @Option(
      names = "--identity",
      paramLabel = "NAME",
      defaultValue = Initialization.ADMIN,
      description = "Whose (default: ${DEFAULT-VALUE}).")
  private String identity = Initialization.ADMIN;

  @Override
  @SuppressWarnings("try") // the lock is held, not used
  public Integer call() throws IOException {
    Home folder = home.home();
    Ground ground = Wiring.ground();
    try (HomeLock lock = HomeLock.ofAuthority(folder)) {
      Config config = ConfigFile.read(folder.config());
      Passphrase passphrase =
          Passphrase.require(home.passphraseFile(), ground.environment(), folder.directory());
      try (Database database = Database.open(Server.database(folder, config), ground.fatal())) {
        Hierarchy hierarchy =
            Hierarchy.load(database, new KeyFiles(folder.directory(), ground.random()), passphrase);
        Wiring wiring =
            new Wiring(
                new Wiring.Founded(
                    ground, config, ServerUrls.configured(config), database, hierarchy));
        CreatedEnrollment created = enrol(wiring);
        if (spec != null) {
          spec.commandLine()
              .getErr()
              .println(
                  "Start the authority (countersignd serve "
                      + home.again()
                      + "), then enrol "
                      + identity
                      + " within 24 hours: countersign enroll --operator --string-file FILE");
          spec.commandLine().getErr().flush();
          spec.commandLine().getOut().println(created.string().encode());
          spec.commandLine().getOut().flush();
        }
      }
    }
    return ExitCodes.DONE;
  }

  private CreatedEnrollment enrol(Wiring wiring) {
    Mandate machine = Mandate.ofItself(Actor.system("countersignd admin"));
    Optional<Identity> known = wiring.identities.find(identity);
    if (known.isEmpty()) {
      wiring.identities.add(
          new NewIdentity(
              identity, Profile.OPERATOR, Optional.of(Role.ADMIN), Optional.empty(), Names.none()),
          machine);
    } else {
      wiring.identities.restore(identity, machine);
      wiring.identities.update(
          identity,
          new IdentityChange(
              Optional.of(Profile.OPERATOR),
              Optional.of(new RoleChange(Optional.of(Role.ADMIN))),
              Optional.empty(),
              Optional.empty()),
          machine);
    }
    return wiring.enrollments.create(
        identity, Optional.of(Profile.OPERATOR), Initialization.ADMIN_STRING_LIFE, 1, machine);
  }
}
