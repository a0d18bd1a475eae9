package dev.countersign.server;

import dev.countersign.cli.CommandLineStyle;
import dev.countersign.cli.HelpCommand;
import dev.countersign.cli.StandardStreams;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;

/** {@code countersignd}. */
@Command(
    name = "countersignd",
    mixinStandardHelpOptions = true,
    version = "countersignd 0.1.0",
    description = "A private certificate authority for mutual authentication.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExit codes:%n",
    footer = {
      "  0  done",
      "  1  a fault of this program",
      "  2  wrong usage",
      "  3  refused by the authority's rules",
      "  6  the database server cannot be reached",
      "  7  local files, ports or the clock: the message says which and what to do",
      "  8  verify found damage in the database",
      " 70  halted at once, because it was not known any more what is on the disk"
    })
public final class Main {

  private static final Map<String, Class<?>> COMMANDS = commands();

  @Option(
      names = "--log-format",
      paramLabel = "text|json",
      scope = ScopeType.INHERIT,
      converter = LogFormat.class,
      description = "How the log on stderr is written (also COUNTERSIGN_LOG_FORMAT).")
  void logFormat(String format) {
    System.setProperty(LogConfiguration.FORMAT, format);
  }

  static final class LogFormat implements ITypeConverter<String> {
    @Override
    public String convert(String value) {
      if (!List.of("text", "json").contains(value)) {
        throw new TypeConversionException("\"" + value + "\" is neither text nor json");
      }
      return value;
    }
  }

  private static Map<String, Class<?>> commands() {
    Map<String, Class<?>> all = new LinkedHashMap<>();
    all.put("init", InitCommand.class);
    all.put("serve", ServeCommand.class);
    all.put("ready", ReadyCommand.class);
    all.put("root", RootCommand.class);
    all.put("admin", AdminCommand.class);
    all.put("authority", AuthorityCommand.class);
    all.put("accept-older-database", AcceptOlderDatabaseCommand.class);
    all.put("verify", VerifyCommand.class);
    all.put("help", HelpCommand.class);
    return all;
  }

  /** With one command alone if it is seen which: setting up all of them would delay each start. */
  static CommandLine commandLine(CommandLine.IFactory factory, List<String> arguments) {
    Optional<String> first =
        arguments.stream().findFirst().filter(COMMANDS::containsKey).filter(n -> !n.equals("help"));
    CommandLine line = new CommandLine(new Main(), factory);
    COMMANDS.forEach(
        (name, command) -> {
          if (first.isEmpty() || first.get().equals(name)) {
            line.addSubcommand(name, new CommandLine(command, factory));
          }
        });
    return line;
  }

  public static void main(String[] args) {
    System.exit(run(args));
  }

  static int run(String... args) {
    return run(CommandLine.defaultFactory(), args);
  }

  /**
   * Runs.
   *
   * @param factory of the commands
   */
  static int run(CommandLine.IFactory factory, String... args) {
    CommandLine line = commandLine(factory, List.of(args));
    line.setExecutionExceptionHandler(Main::explain);
    line.setParameterExceptionHandler(Main::wrongUsage);
    CommandLineStyle.apply(line, false, List.of(args));
    line.setExecutionStrategy(Main::execute);
    if (args.length == 0) {
      line.usage(line.getErr());
      return ExitCodes.USAGE;
    }
    int exitCode = line.execute(args);
    line.getOut().flush();
    if (System.out.checkError() && exitCode == ExitCodes.DONE) {
      // What was printed is what the command was for
      line.getErr().println("countersignd: " + StandardStreams.OUTPUT_LOST);
      return ExitCodes.LOCAL_FILES;
    }
    return exitCode;
  }

  private static int execute(ParseResult parsed) {
    Integer helped = CommandLine.executeHelpRequest(parsed);
    if (helped != null) {
      return helped;
    }
    List<CommandLine> commands = parsed.asCommandLineList();
    CommandLine command = commands.get(commands.size() - 1);
    if (!(command.getCommand() instanceof HelpCommand)) {
      LogConfiguration.complaint()
          .ifPresent(
              complaint -> {
                throw new ParameterException(command, complaint);
              });
    }
    return CommandLineStyle.execute(parsed);
  }

  private static int wrongUsage(CommandLine.ParameterException e, String[] args) {
    PrintWriter err = e.getCommandLine().getErr();
    err.println("countersignd: " + CommandLineStyle.complaint(e));
    return ExitCodes.USAGE;
  }

  private static int explain(Exception thrown, CommandLine line, CommandLine.ParseResult parsed) {
    PrintWriter err = line.getErr();
    ExitCodes.Explanation explanation = ExitCodes.explain(thrown);
    if (explanation == null) {
      err.println("countersignd: a fault of this program; please report it with what follows");
      thrown.printStackTrace(err);
      return ExitCodes.OUR_FAULT;
    }
    err.println(
        "countersignd: "
            + (explanation.exitCode() == ExitCodes.USAGE
                ? CommandLineStyle.complaint(explanation.sentence(), line.getCommandSpec())
                : explanation.sentence()));
    return explanation.exitCode();
  }
}
