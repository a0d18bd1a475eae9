package dev.countersign.cli;

import dev.countersign.client.Answers;
import dev.countersign.client.OperatorApi;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code countersign identity …} */
final class IdentityCommands {
  private IdentityCommands() {}

  @Command(
      name = "identity",
      description = "The services and people that certificates belong to.",
      synopsisSubcommandLabel = "COMMAND")
  static final class Group {}

  static CommandLine group(Surroundings s) {
    return new CommandLine(new Group())
        .addSubcommand(new Add(s))
        .addSubcommand(new ListAll(s))
        .addSubcommand(new Show(s))
        .addSubcommand(new Update(s))
        .addSubcommand(new Revoke(s))
        .addSubcommand(new Restore(s));
  }

  static Map<String, Object> facts(Answers.Identity identity) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("name", identity.name());
    facts.put("state", identity.state());
    facts.put("profile", identity.profile());
    facts.put("role", identity.role());
    facts.put("owner", identity.owner());
    facts.put("names", OperatorCommand.names(identity.names()));
    facts.put("created", identity.createdAt());
    facts.put("revoked", identity.revokedAt());
    facts.put("reason", identity.revocationReason());
    return facts;
  }

  @Command(name = "add", description = "Add an identity.")
  static final class Add extends OperatorCommand {
    @Parameters(paramLabel = "NAME")
    String name = "";

    @Mixin Values.NameOptions names = new Values.NameOptions();

    @Option(names = "--profile", paramLabel = "PROFILE", description = "Default: peer.")
    @Nullable String profile;

    @Option(
        names = "--role",
        paramLabel = "ROLE",
        description = "admin, operator or auditor; only an admin may give one.")
    @Nullable String role;

    @Option(names = "--owner", paramLabel = "TEXT", description = "Who is asked about it.")
    @Nullable String owner;

    Add(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void ask(OperatorApi api, Reply reply) {
      // A person with a role gets the operators' profile unless told otherwise.
      Optional<String> chosen =
          Optional.ofNullable(profile).or(() -> Optional.ofNullable(role).map(r -> "operator"));
      Answers.Identity identity =
          api.addIdentity(
              new Answers.NewIdentity(
                  name,
                  chosen,
                  Optional.ofNullable(role),
                  Optional.ofNullable(owner),
                  names.names()));
      reply.one("identity", identity, facts(identity));
      reply.talk("Next: countersign enrollment create " + identity.name());
    }
  }

  @Command(name = "list", description = "List identities.")
  static final class ListAll extends OperatorCommand.Listing {
    @Option(names = "--state", paramLabel = "STATE", description = "active or revoked.")
    @Nullable String state;

    ListAll(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void ask(OperatorApi api, Reply reply) {
      Map<String, String> filter = new LinkedHashMap<>();
      putIf(filter, "state", state);
      reply.many(
          all(filter, api::identities),
          List.of("NAME", "STATE", "PROFILE", "ROLE", "NAMES"),
          i -> List.of(i.name(), i.state(), i.profile(), i.role(), names(i.names())));
    }
  }

  @Command(name = "show", description = "Show one identity.")
  static final class Show extends OperatorCommand {
    @Parameters(paramLabel = "NAME")
    String name = "";

    Show(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void ask(OperatorApi api, Reply reply) {
      Answers.Identity identity = api.identity(name);
      reply.one("identity", identity, facts(identity));
    }
  }

  @Command(
      name = "update",
      description = {
        "Change an identity. What is not given stays as it is.",
        "The name options replace all names. Certificates that were issued stay as they are."
      })
  static final class Update extends OperatorCommand {
    @Parameters(paramLabel = "NAME")
    String name = "";

    @Mixin Values.NameOptions names = new Values.NameOptions();

    @Option(names = "--no-names", description = "Take all names away.")
    boolean noNames;

    @Option(names = "--profile", paramLabel = "PROFILE")
    @Nullable String profile;

    @Option(
        names = "--role",
        paramLabel = "ROLE",
        description = "admin, operator, auditor, or none to take it away.")
    @Nullable String role;

    @Option(names = "--owner", paramLabel = "TEXT", description = "Empty to remove it.")
    @Nullable String owner;

    Update(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void ask(OperatorApi api, Reply reply) {
      Optional<Answers.NameLists> given = names.names();
      if (noNames && given.isPresent()) {
        throw new UsageException("Give names or --no-names, not both.");
      }
      Optional<Answers.NameLists> wanted =
          noNames
              ? Optional.of(Answers.NameLists.of(List.of(), List.of(), List.of(), List.of()))
              : given;
      if (profile == null && role == null && owner == null && wanted.isEmpty()) {
        throw new UsageException(
            "There is nothing to change: give --profile, --role, --owner, names or --no-names.");
      }
      Answers.Identity identity =
          api.updateIdentity(
              name,
              new Answers.IdentityChange(
                  Optional.ofNullable(profile),
                  Optional.ofNullable(role),
                  Optional.ofNullable(owner),
                  wanted));
      reply.one("identity", identity, facts(identity));
    }
  }

  @Command(
      name = "revoke",
      description =
          "Revoke an identity with all its live certificates and open enrolments, at once.")
  static final class Revoke extends OperatorCommand {
    @Parameters(paramLabel = "NAME")
    String name = "";

    @Mixin CertificateCommands.ReasonOptions reason = new CertificateCommands.ReasonOptions();
    @Mixin HeardOptions heard = new HeardOptions();

    Revoke(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void ask(OperatorApi api, Reply reply) {
      Answers.IdentityRevocation revocation =
          api.revokeIdentity(name, reason.request(surroundings().clock().instant()));
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("identity", revocation.identity());
      facts.put("reason", revocation.reason());
      facts.put("revoked at", revocation.revokedAt());
      facts.put("certificates", revocation.revoked());
      facts.put("enrolments", revocation.cancelledEnrollments());
      heard.report(
          new HeardOptions.Answered(revocation, facts, revocation.revoked(), revocation.denials()),
          api,
          reply);
      reply.talkUnless(
          Optional.of(revocation.changed()),
          name
              + " was revoked already, at "
              + revocation.revokedAt()
              + " for "
              + revocation.reason()
              + "; nothing was changed.");
    }
  }

  @Command(
      name = "restore",
      description = "Let a revoked identity enrol again; its certificates stay revoked.")
  static final class Restore extends OperatorCommand {
    @Parameters(paramLabel = "NAME")
    String name = "";

    Restore(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void ask(OperatorApi api, Reply reply) {
      Answers.Identity identity = api.restoreIdentity(name);
      reply.one("identity", identity, facts(identity));
      reply.talkUnless(identity.changed(), name + " was not revoked; nothing was changed.");
    }
  }
}
