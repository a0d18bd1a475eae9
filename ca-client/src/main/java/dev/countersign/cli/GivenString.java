package dev.countersign.cli;

import dev.countersign.client.LocalFiles;
import dev.countersign.pki.EnrollmentString;
import dev.countersign.pki.InvalidEnrollmentStringException;
import java.io.Console;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The ways to hand over an enrolment string, which is a secret. */
final class GivenString {
  @Parameters(
      arity = "0..1",
      paramLabel = "STRING",
      description =
          "The string, or - to read it from stdin. Others can see arguments: better use another"
              + " way.")
  @Nullable String string;

  @Option(
      names = "--string-file",
      paramLabel = "FILE",
      description = "Read the string from this file.")
  @Nullable Path stringFile;

  /** The string, if one was given in any of the ways. */
  Optional<EnrollmentString> find(Surroundings surroundings, Output output) {
    if (string != null && stringFile != null) {
      throw new UsageException("Give the string or --string-file, not both.");
    }
    if (stringFile != null) {
      EnrollmentString parsed = parse(Values.line(stringFile, "read the enrolment string"));
      warnIfOpen(stringFile, output); // only now is it known to be a secret
      return Optional.of(parsed);
    }
    if (string != null && string.equals("-")) {
      byte[] read = Values.read("-", surroundings, "read the enrolment string");
      return Optional.of(parse(new String(read, StandardCharsets.UTF_8)));
    }
    if (string != null) {
      output.warn(
          "the enrolment string was given as an argument, where other users of this machine and the"
              + " shell's history can see it. Use --string-file, COUNTERSIGN_STRING or stdin (-)"
              + " instead.");
      return Optional.of(parse(string));
    }
    return surroundings.variable("COUNTERSIGN_STRING").map(GivenString::parse);
  }

  /** On the terminal, where nobody sees it. */
  @SuppressWarnings("SystemConsoleNull") // whether there is a terminal was found out otherwise
  static EnrollmentString ask(Surroundings surroundings, boolean noInput) {
    Console console = System.console();
    if (noInput || !surroundings.streams().inIsTerminal() || console == null) {
      throw new UsageException(
          "There is no enrolment string. Give it with --string-file FILE, in COUNTERSIGN_STRING, or"
              + " on stdin with -; an operator makes one with: countersign enrollment create NAME");
    }
    char[] typed = console.readPassword("Enrolment string (not shown): ");
    return parse(typed == null ? "" : new String(typed));
  }

  private static EnrollmentString parse(String text) {
    try {
      return EnrollmentString.parse(text.strip());
    } catch (InvalidEnrollmentStringException e) {
      throw new UsageException("The enrolment string cannot be used: " + e.getMessage());
    }
  }

  private static void warnIfOpen(Path file, Output output) {
    try {
      if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)
          && Files.isRegularFile(file)) {
        output.warn(
            "everybody on this machine can read "
                + file
                + ", and whoever reads it can enrol. chmod 600 "
                + file);
      }
    } catch (IOException e) {
      throw LocalFiles.failure("read the enrolment string", file, e);
    } catch (UnsupportedOperationException e) {
      // a file system without modes
    }
  }
}
