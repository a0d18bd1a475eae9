package dev.countersign.cli;

import dev.countersign.client.ClientException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;

/**
 * Finds the command, runs it, and turns whatever goes wrong into one sentence and one exit code.
 */
final class Cli {
  /** The root; without a command it shows the help. */
  @Command(
      name = "countersign",
      description = "Credentials from a Countersign authority, for services and their operators.",
      versionProvider = Version.class,
      synopsisSubcommandLabel = "COMMAND",
      optionListHeading = "%nOptions:%n",
      commandListHeading = "%nCommands:%n",
      footer = {
        "",
        "Exit codes: 0 done, 1 our own fault, 2 usage, 3 refused by the authority, 4 not the server"
            + " that was",
        "expected, 5 expired, 6 unreachable, 7 files on this machine, 9 not loaded by a program, 10 ill.",
        "Operator commands act as the credential in $$COUNTERSIGN_HOME (default:"
            + " ~/.config/countersign).",
        "COMMAND --help tells more; --json, --quiet and --no-input may stand before COMMAND too."
      })
  static final class Root {
    @Mixin final GlobalOptions global = new GlobalOptions();

    @Option(
        names = {"-V", "--version"},
        versionHelp = true,
        description = "The version.")
    boolean version;
  }

  static final class Version implements IVersionProvider {
    static final String RELEASE =
        Objects.requireNonNullElse(
            Cli.class.getPackage().getImplementationVersion(), "(not packaged)");

    @Override
    public String[] getVersion() {
      return new String[] {"countersign " + RELEASE};
    }
  }

  private static final Map<String, Function<Surroundings, CommandLine>> COMMANDS = commands();

  // They speak of the other commands
  private static final Set<String> NEED_ALL = Set.of("completion", "help");

  private final Surroundings surroundings;

  Cli(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  private static Map<String, Function<Surroundings, CommandLine>> commands() {
    Map<String, Function<Surroundings, CommandLine>> all = new LinkedHashMap<>();
    all.put("enroll", s -> new CommandLine(new EnrollCommand(s)));
    all.put("ensure", s -> new CommandLine(new EnsureCommand(s)));
    all.put("renew", s -> new CommandLine(new RenewCommand(s)));
    all.put("status", s -> new CommandLine(new StatusCommand(s)));
    all.put("trust", s -> new CommandLine(new TrustCommand(s)));
    all.put("agent", s -> new CommandLine(new AgentCommand(s)));
    all.put("hook", HookCommands::group);
    all.put("inspect", s -> new CommandLine(new InspectCommand(s)));
    all.put("doctor", s -> new CommandLine(new DoctorCommand(s)));
    all.put("identity", IdentityCommands::group);
    all.put("enrollment", EnrollmentCommands::group);
    all.put("certificate", CertificateCommands::group);
    all.put("profile", AuthorityCommands::profiles);
    all.put("authority", AuthorityCommands::authorities);
    all.put("event", AuthorityCommands::events);
    all.put("completion", s -> new CommandLine(new CompletionCommand(s)));
    all.put("help", s -> new CommandLine(new HelpCommand()));
    return all;
  }

  /**
   * With one command alone if it is known which: setting up all of them costs more than most of
   * them do.
   */
  static CommandLine commandLine(Surroundings surroundings, Optional<String> only) {
    CommandLine root = new CommandLine(new Root());
    COMMANDS.forEach(
        (name, make) -> {
          if (only.isEmpty() || only.get().equals(name)) {
            root.addSubcommand(name, make.apply(surroundings));
          }
        });
    return root;
  }

  int run(String... arguments) {
    List<String> given = List.of(arguments);
    CommandLine line = commandLine(surroundings, command(given));
    PrintStream out = surroundings.streams().out();
    PrintStream err = surroundings.streams().err();
    boolean colours =
        surroundings.streams().outIsTerminal() && surroundings.variable("NO_COLOR").isEmpty();
    line.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    CommandLineStyle.apply(line, colours, given);
    boolean json = given.contains("--json");
    if (json) {
      line.setExecutionStrategy(this::inJson);
    }
    line.setParameterExceptionHandler(
        (e, args) -> tell(ExitCode.USAGE, CommandLineStyle.complaint(e), json));
    line.setExecutionExceptionHandler((e, command, parsed) -> failed(e, command));
    if (arguments.length == 0) {
      line.usage(line.getErr());
      return ExitCode.USAGE.code();
    }
    int code = line.execute(arguments);
    if (out.checkError() && code == 0) {
      return tell(ExitCode.LOCAL_FILES, StandardStreams.OUTPUT_LOST, json);
    }
    return code;
  }

  /** The version too; help is for people. */
  private int inJson(ParseResult parsed) {
    if (!parsed.isVersionHelpRequested()) {
      return CommandLineStyle.execute(parsed);
    }
    new Output(surroundings, true, false).document("version", Map.of("release", Version.RELEASE));
    return ExitCode.DONE.code();
  }

  /** The one command that has to be set up, if that can be seen. */
  private static Optional<String> command(List<String> arguments) {
    return arguments.stream()
        .filter(argument -> !argument.startsWith("-")) // no global option has a value
        .findFirst()
        .filter(COMMANDS::containsKey)
        .filter(name -> !NEED_ALL.contains(name));
  }

  private int failed(Exception e, CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    boolean json = ((Root) spec.root().userObject()).global.json;
    if (e instanceof ClientException known) {
      return tell(ExitCode.of(known.kind()), String.valueOf(known.getMessage()), json);
    }
    if (e instanceof UsageException usage) {
      return tell(
          ExitCode.USAGE,
          CommandLineStyle.complaint(String.valueOf(usage.getMessage()), spec),
          json);
    }
    if (surroundings.variable("COUNTERSIGN_DEBUG").isPresent()) {
      e.printStackTrace(surroundings.streams().err());
    }
    return tell(
        ExitCode.INTERNAL,
        "This is a fault of countersign itself ("
            + e
            + "). Run the command again with COUNTERSIGN_DEBUG=1 and report what it prints.",
        json);
  }

  private int tell(ExitCode code, String message, boolean json) {
    new Output(surroundings, json, false).error(code, message);
    return code.code();
  }
}
