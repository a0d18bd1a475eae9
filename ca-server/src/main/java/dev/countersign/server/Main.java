package dev.countersign.server;

import dev.countersign.cli.CommandLineStyle;
import dev.countersign.cli.HelpCommand;
import dev.countersign.cli.StandardStreams;
import java.io.PrintWriter;
import java.util.List;
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
    subcommands = {
      InitCommand.class,
      ServeCommand.class,
      ReadyCommand.class,
      RootCommand.class,
      AdminCommand.class,
      AuthorityCommand.class,
      AcceptOlderDatabaseCommand.class,
      VerifyCommand.class,
      HelpCommand.class
    },
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
    CommandLine line = new CommandLine(new Main(), factory);
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
