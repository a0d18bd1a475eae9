package dev.countersign.cli;

import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** What may be said before the command as well as after it. */
final class GlobalOptions {
  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      description = "One JSON document instead of text; docs/cli.md has the shapes.")
  boolean json;

  @Option(
      names = {"-q", "--quiet"},
      scope = ScopeType.INHERIT,
      description = "Errors alone on stderr.")
  boolean quiet;

  @Option(
      names = "--no-input",
      scope = ScopeType.INHERIT,
      description = "Never ask on the terminal.")
  boolean noInput;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "This help.")
  boolean help;
}
