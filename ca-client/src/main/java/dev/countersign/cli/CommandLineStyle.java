package dev.countersign.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** How {@code countersign} and {@code countersignd} read their command lines, and complain. */
public final class CommandLineStyle {
  private static final int WIDTH = 100;
  private static final String EMPTY =
      "is empty. Where it was to come from a variable, that one is not set";
  private static final Pattern AMBIGUOUS =
      Pattern.compile("Error: '(.*)' is not unique: it matches (.*)");

  private CommandLineStyle() {}

  /** To be called when all commands are there. */
  public static void apply(CommandLine line, boolean colours, List<String> arguments) {
    line.setColorScheme(CommandLine.Help.defaultColorScheme(colours ? Ansi.ON : Ansi.OFF));
    // GNU: --dir may be given as --di. Not beside "-" or "": picocli 4.7.7 takes them for an empty
    // abbreviation and fails.
    line.setAbbreviatedOptionsAllowed(!arguments.contains("-") && !arguments.contains(""));
    line.setExecutionStrategy(CommandLineStyle::execute);
    // A name that begins with @ is a name, and not a file with more arguments.
    line.setExpandAtFiles(false);
    line.registerConverter(Path.class, CommandLineStyle::path);
    line.setUsageHelpAutoWidth(false);
    line.setUsageHelpWidth(WIDTH);
  }

  /** Runs what was asked for, once that is known to be sensible. */
  public static int execute(ParseResult parsed) {
    refuseEmptyArguments(parsed);
    return new RunLast().execute(parsed);
  }

  /** {@code identity show "$UNSET"} means nobody. Options are not looked at: some take nothing. */
  private static void refuseEmptyArguments(ParseResult parsed) {
    for (CommandLine command : parsed.asCommandLineList()) {
      for (PositionalParamSpec argument : command.getParseResult().matchedPositionals()) {
        // Not its originalStringValues: picocli 4.7.7 leaves empty ones out.
        Object value = argument.getValue();
        if ("".equals(value) || (value instanceof Collection<?> many && many.contains(""))) {
          throw new ParameterException(command, EMPTY, argument, "");
        }
      }
    }
  }

  /** {@code --dir "$UNSET"} does not mean the working directory. */
  private static Path path(String text) {
    if (text.isEmpty()) {
      throw new TypeConversionException("the value is empty");
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new TypeConversionException("this cannot be the name of a file");
    }
  }

  /** What is wrong with a command line, what would be right, and where to read on. */
  public static String complaint(ParameterException e) {
    CommandSpec command = e.getCommandLine().getCommandSpec();
    return complaint(what(e, command), command);
  }

  /** The same for what the command itself found. */
  public static String complaint(String what, CommandSpec command) {
    return redacted(sentence(what) + " See " + command.qualifiedName() + " --help.");
  }

  /** A mistyped command line can carry an enrolment string, and errors end up in logs. */
  private static String redacted(String message) {
    return message.replaceAll("csgn1_[A-Za-z0-9_-]+", "csgn1_…");
  }

  private static String what(ParameterException e, CommandSpec command) {
    if (e instanceof UnmatchedArgumentException unmatched) {
      return unmatched(unmatched, command);
    }
    if (e instanceof MissingParameterException missing) {
      return missing(missing, command);
    }
    if (e instanceof OverwrittenOptionException twice) {
      return name(twice.getOverwritten()) + " is given more than once; it can have one value.";
    }
    ArgSpec argument = e.getArgSpec();
    if (argument != null) {
      return unfit(e, argument);
    }
    String said = Objects.toString(e.getMessage(), "");
    if (said.equals("Missing required subcommand")) {
      return name(command) + " needs a command: " + list(names(command), "or") + ".";
    }
    Matcher ambiguous = AMBIGUOUS.matcher(said);
    return ambiguous.matches()
        ? ambiguous.group(1)
            + " may mean "
            + ambiguous.group(2).replace("'", "").replace(", ", " or ")
            + ": write it out."
        : said;
  }

  private static String unmatched(UnmatchedArgumentException e, CommandSpec command) {
    String first = e.getUnmatched().isEmpty() ? "" : e.getUnmatched().get(0);
    String suggestion =
        e.getSuggestions().isEmpty()
            ? ""
            : " Did you mean " + String.join(" or ", e.getSuggestions()) + "?";
    if (e.isUnknownOption()) {
      return name(command) + " has no option " + first + "." + suggestion;
    }
    if (!command.subcommands().isEmpty()) {
      return name(command)
          + " has no command \""
          + first
          + "\""
          + (suggestion.isEmpty()
              ? ": it has " + list(names(command), "and") + "."
              : "." + suggestion);
    }
    return "\""
        + first
        + "\" is one argument too many: "
        + name(command)
        + " takes "
        + (command.positionalParameters().isEmpty()
            ? "options alone."
            : command.positionalParameters().get(0).paramLabel() + " and options.");
  }

  /** As typed after the name of the program. */
  static String name(CommandSpec command) {
    String whole = command.qualifiedName();
    int first = whole.indexOf(' ');
    return first < 0 ? whole : whole.substring(first + 1);
  }

  private static List<String> names(CommandSpec group) {
    return List.copyOf(group.subcommands().keySet());
  }

  private static String missing(MissingParameterException e, CommandSpec command) {
    String said = Objects.toString(e.getMessage(), "").toLowerCase(Locale.ROOT);
    boolean valueIsMissing =
        said.startsWith("missing required parameter for option")
            || said.startsWith("expected parameter for option");
    if (valueIsMissing && !e.getMissing().isEmpty()) {
      ArgSpec option = e.getMissing().get(0);
      return name(option) + " needs a value: " + withValue(option) + ".";
    }
    return name(command)
        + " needs "
        + list(e.getMissing().stream().map(CommandLineStyle::withValue).toList(), "and")
        + ".";
  }

  private static String unfit(ParameterException e, ArgSpec argument) {
    String name = name(argument);
    Class<?> type = argument.type();
    String value = "\"" + Objects.toString(e.getValue(), "") + "\"";
    if (type == boolean.class || argument.arity().max() == 0) {
      return name + " takes no value.";
    }
    if (EMPTY.equals(e.getMessage())) {
      return name + " " + EMPTY + ".";
    }
    boolean own = argument.converters().length > 0 || type == Path.class;
    if (own && e.getCause() instanceof TypeConversionException ours) {
      return name + ": " + ours.getMessage();
    }
    if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
      return name + " takes a whole number, not " + value + ".";
    }
    return name + " cannot be " + value + ".";
  }

  private static String name(ArgSpec argument) {
    return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
  }

  private static String withValue(ArgSpec argument) {
    return argument instanceof OptionSpec option
        ? option.longestName() + (option.arity().max() == 0 ? "" : " " + option.paramLabel())
        : argument.paramLabel();
  }

  private static String list(List<String> items, String conjunction) {
    int last = items.size() - 1;
    return last < 1
        ? String.join("", items)
        : String.join(", ", items.subList(0, last)) + " " + conjunction + " " + items.get(last);
  }

  private static String sentence(String text) {
    String stripped = text.strip();
    return stripped.isEmpty() || ".!?".indexOf(stripped.charAt(stripped.length() - 1)) >= 0
        ? stripped
        : stripped + ".";
  }
}
