package dev.countersign.cli;

import dev.countersign.client.Answers;
import dev.countersign.client.OperatorApi;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code countersign enrollment …} */
final class EnrollmentCommands {
  private EnrollmentCommands() {}

  @Command(
      name = "enrollment",
      description = "The strings with which services get their first certificate.",
      synopsisSubcommandLabel = "COMMAND")
  static final class Group {}

  static CommandLine group(Surroundings s) {
    return new CommandLine(new Group())
        .addSubcommand(new Create(s))
        .addSubcommand(new ListAll(s))
        .addSubcommand(new Cancel(s));
  }

  @Command(
      name = "create",
      description = {
        "Make an enrolment for an identity and print its string, alone, on stdout.",
        "The string is a secret and is shown this once."
      })
  static final class Create extends OperatorCommand {
    @Parameters(paramLabel = "NAME", description = "The identity.")
    String name = "";

    @Option(names = "--profile", paramLabel = "PROFILE", description = "Default: the identity's.")
    @Nullable String profile;

    @Option(
        names = "--ttl",
        paramLabel = "DURATION",
        converter = Values.DurationConverter.class,
        description = "How long the string may be used. Default: 1h; at most 30d.")
    @Nullable Duration ttl;

    @Option(
        names = "--uses",
        paramLabel = "N",
        converter = Values.CountConverter.class,
        description = "How many keys may enrol with it. Default: 1.")
    @Nullable Integer uses;

    Create(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void ask(OperatorApi api, Reply reply) {
      Answers.CreatedEnrollment created =
          api.createEnrollment(
              new Answers.NewEnrollment(
                  name,
                  Optional.ofNullable(profile),
                  Optional.ofNullable(ttl).map(Duration::toString),
                  Optional.ofNullable(uses)));
      if (reply.isJson()) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("enrollment", created.enrollment());
        members.put("string", created.string());
        reply.json(members);
        return;
      }
      Answers.Enrollment enrollment = created.enrollment();
      reply.talk(
          "Enrolment "
              + enrollment.id()
              + " of "
              + enrollment.identity()
              + ", profile "
              + enrollment.profile()
              + ", until "
              + enrollment.expiresAt()
              + (enrollment.uses() == 1 ? "." : ", for " + enrollment.uses() + " keys.")
              + (enrollment.profile().equals("operator")
                  ? " On the operator's machine: countersign enroll --operator --string-file FILE"
                  : " On the service's machine: countersign enroll --string-file FILE"));
      reply.data(created.string());
    }
  }

  @Command(
      name = "list",
      description = "List enrolments, newest first. The strings cannot be shown again.")
  static final class ListAll extends OperatorCommand.Listing {
    @Option(names = "--identity", paramLabel = "NAME")
    @Nullable String identity;

    @Option(
        names = "--state",
        paramLabel = "STATE",
        description = "open, used, expired or cancelled.")
    @Nullable String state;

    ListAll(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void ask(OperatorApi api, Reply reply) {
      Map<String, String> filter = new LinkedHashMap<>();
      putIf(filter, "identity", identity);
      putIf(filter, "state", state);
      reply.many(
          all(filter, api::enrollments),
          List.of("ID", "IDENTITY", "PROFILE", "STATE", "EXPIRES", "USES LEFT", "MADE BY"),
          e ->
              List.of(
                  e.id(),
                  e.identity(),
                  e.profile(),
                  e.state(),
                  e.expiresAt(),
                  e.usesLeft() + "/" + e.uses(),
                  e.createdBy()));
    }
  }

  @Command(
      name = "cancel",
      description = "Cancel an enrolment: its string is worth nothing from then on.")
  static final class Cancel extends OperatorCommand {
    @Parameters(paramLabel = "ID", description = "As countersign enrollment list shows it.")
    String id = "";

    Cancel(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void ask(OperatorApi api, Reply reply) {
      Answers.Enrollment enrollment = api.cancelEnrollment(id);
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("id", enrollment.id());
      facts.put("identity", enrollment.identity());
      facts.put("state", enrollment.state());
      facts.put("cancelled", enrollment.cancelledAt());
      reply.one("enrollment", enrollment, facts);
      reply.talkUnless(
          enrollment.changed(),
          "It was cancelled already"
              + enrollment.cancelledAt().map(at -> ", at " + at).orElse("")
              + "; nothing was changed.");
    }
  }
}
