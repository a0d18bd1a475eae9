package dev.countersign.cli;

import dev.countersign.client.Credential;
import dev.countersign.client.CredentialFolder;
import dev.countersign.client.CredentialInfo;
import dev.countersign.client.Enrollment;
import dev.countersign.client.FilePermissions;
import dev.countersign.client.LocalFiles;
import dev.countersign.client.Patience;
import dev.countersign.pki.EnrollmentString;
import dev.countersign.pki.InvalidEnrollmentStringException;
import dev.countersign.pki.KeyAlgorithm;
import java.io.Console;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** From one pasted string to a credential folder. */
@Command(
    name = "enroll",
    description = {
      "Get the first certificate with an enrolment string.",
      "Prints the folder of the credential's files. The same string can be tried again until it has"
          + " worked."
    })
final class EnrollCommand extends BaseCommand {
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

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description =
          "Credential folder. Default: $$XDG_DATA_HOME/countersign, or /var/lib/countersign for"
              + " root.")
  @Nullable Path directory;

  @Option(
      names = "--operator",
      description =
          "Put it where the operator commands look: $$COUNTERSIGN_HOME, or ~/.config/countersign.")
  boolean operator;

  @Option(
      names = "--key-algorithm",
      paramLabel = "ALG",
      description = "P-256 (default), P-384, RSA-2048, RSA-3072, RSA-4096 or Ed25519.")
  @Nullable String keyAlgorithm;

  @Option(
      names = "--group",
      paramLabel = "GROUP",
      description = "Group of the files; kept over renewals.")
  @Nullable String group;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description =
          "Mode of the files: 0600 (default), 0640 (default with --group) or 0660; kept over"
              + " renewals.")
  @Nullable String mode;

  @Option(
      names = "--url",
      paramLabel = "URL",
      converter = Values.UrlConverter.class,
      description =
          "Ask this URL before those in the string; the string's pins hold for it too. May be"
              + " repeated.")
  List<URI> urls = List.of();

  @Option(names = "--replace", description = "Replace the credential that is in the folder.")
  boolean replace;

  private static final String OPERATOR = "operator"; // the profile, and what --operator asks for

  EnrollCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  ExitCode run(Output output, Progress progress) {
    EnrollmentString parsed = string(output);
    if (operator && directory != null) {
      throw new UsageException("Give --operator or --dir, not both.");
    }
    Path place =
        operator
            ? surroundings().operatorFolder()
            : Optional.ofNullable(directory).orElseGet(surroundings()::serviceFolder);
    CredentialFolder folder = CredentialFolder.at(place);
    Enrollment.Options options =
        new Enrollment.Options(
            algorithm(keyAlgorithm), urls, replace, permissions(), Patience.DEFAULT);
    Enrollment.Enrolled enrolled =
        new Enrollment(surroundings().clock(), surroundings().random(), progress)
            .enroll(parsed, folder, options);
    progress.close();
    if (operator) {
      warnOfService(enrolled.credential().info(), output);
    }
    report(output, folder, enrolled);
    return ExitCode.DONE;
  }

  private void report(Output output, CredentialFolder folder, Enrollment.Enrolled enrolled) {
    Credential credential = enrolled.credential();
    if (output.isJson()) {
      Map<String, Object> document = new LinkedHashMap<>(CredentialView.json(folder, credential));
      document.put("alreadyEnrolled", enrolled.wasThere());
      output.document(commandName(), document);
      return;
    }
    output.talk(
        (enrolled.wasThere() ? "This string was used in this folder before: " : "Enrolled: ")
            + credential.info().identity()
            + " has a certificate until "
            + credential.info().notAfter()
            + ".");
    output.data(CredentialView.current(folder));
    if (credential.info().profile().equals(OPERATOR)
        && !folder.path().equals(surroundings().operatorFolder().toAbsolutePath().normalize())) {
      output.talk("To act as this operator: export COUNTERSIGN_HOME=" + folder.path());
    }
  }

  /** What the string is for stands only in the answer. */
  private static void warnOfService(CredentialInfo info, Output output) {
    if (!info.profile().equals(OPERATOR)) {
      output.warn(
          info.identity()
              + " is a service (profile "
              + info.profile()
              + "), and operator commands will be refused to it. With the string of an operator:"
              + " countersign enroll --operator --replace. An admin makes one: countersign identity"
              + " add NAME --profile operator --role operator, then countersign enrollment create"
              + " NAME");
    }
  }

  private Optional<FilePermissions> permissions() {
    if (group == null && mode == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          FilePermissions.of(
              Optional.ofNullable(group),
              Optional.ofNullable(mode).map(FilePermissions::parseMode)));
    } catch (IllegalArgumentException e) {
      throw new UsageException("--mode: " + e.getMessage() + ".");
    }
  }

  static Optional<KeyAlgorithm> algorithm(@Nullable String text) {
    try {
      return Optional.ofNullable(text).map(KeyAlgorithm::parse);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--key-algorithm: " + e.getMessage());
    }
  }

  private static EnrollmentString parse(String text) {
    try {
      return EnrollmentString.parse(text.strip());
    } catch (InvalidEnrollmentStringException e) {
      throw new UsageException("The enrolment string cannot be used: " + e.getMessage());
    }
  }

  private EnrollmentString string(Output output) {
    if (string != null && stringFile != null) {
      throw new UsageException("Give the string or --string-file, not both.");
    }
    if (stringFile == null) {
      return parse(text(output));
    }
    EnrollmentString parsed = parse(Values.line(stringFile, "read the enrolment string"));
    warnIfOpen(stringFile, output); // only now is it known to be a secret
    return parsed;
  }

  private String text(Output output) {
    if (string != null && string.equals("-")) {
      return new String(
          Values.read("-", surroundings(), "read the enrolment string"), StandardCharsets.UTF_8);
    }
    if (string != null) {
      output.warn(
          "the enrolment string was given as an argument, where other users of this machine and the"
              + " shell's history can see it. Use --string-file, COUNTERSIGN_STRING or stdin (-)"
              + " instead.");
      return string;
    }
    return surroundings().variable("COUNTERSIGN_STRING").orElseGet(this::ask);
  }

  @SuppressWarnings("SystemConsoleNull") // whether there is a terminal was found out otherwise
  private String ask() {
    Console console = System.console();
    if (global().noInput || !surroundings().streams().inIsTerminal() || console == null) {
      throw new UsageException(
          "There is no enrolment string. Give it with --string-file FILE, in COUNTERSIGN_STRING, or"
              + " on stdin with -; an operator makes one with: countersign enrollment create NAME");
    }
    char[] typed = console.readPassword("Enrolment string (not shown): ");
    return typed == null ? "" : new String(typed);
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
