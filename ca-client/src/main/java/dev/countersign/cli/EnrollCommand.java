package dev.countersign.cli;

import dev.countersign.client.Credential;
import dev.countersign.client.CredentialFolder;
import dev.countersign.client.CredentialInfo;
import dev.countersign.client.Enrollment;
import dev.countersign.client.FilePermissions;
import dev.countersign.client.Patience;
import dev.countersign.pki.EnrollmentString;
import dev.countersign.pki.KeyAlgorithm;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** From one pasted string to a credential folder. */
@Command(
    name = "enroll",
    description = {
      "Get the first certificate with an enrolment string.",
      "Prints the folder of the credential's files. The same string can be tried again until it has"
          + " worked."
    })
final class EnrollCommand extends BaseCommand {
  @Mixin final GivenString given = new GivenString();

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
    EnrollmentString parsed =
        given
            .find(surroundings(), output)
            .orElseGet(() -> GivenString.ask(surroundings(), global().noInput));
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
            algorithm(keyAlgorithm), urls, replace, permissions(group, mode), Patience.DEFAULT);
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

  static Optional<FilePermissions> permissions(@Nullable String group, @Nullable String mode) {
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
}
