package dev.countersign.cli;

import dev.countersign.client.ClientException;
import dev.countersign.client.ClientException.Kind;
import dev.countersign.client.Credential;
import dev.countersign.client.CredentialFolder;
import dev.countersign.client.CredentialInfo;
import dev.countersign.client.Enrollment;
import dev.countersign.client.Patience;
import dev.countersign.client.Renewal;
import dev.countersign.client.Revoked;
import dev.countersign.client.TrustUpdate;
import dev.countersign.pki.EnrollmentString;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whatever is due, in one command that a script may run at any time. */
@Command(
    name = "ensure",
    description = {
      "See to it that a folder has a good credential: enrol, renew, or bring trust and revocation",
      "lists up to date, whichever is due. If nothing is, nobody is asked and nothing is written."
    })
final class EnsureCommand extends BaseCommand {
  private static final Duration USUAL_AGE = Duration.ofHours(1);

  @Mixin final GivenString given = new GivenString();

  @Option(
      names = "--identity",
      paramLabel = "NAME",
      required = true,
      description = "Whose credential it must be.")
  String identity = "";

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description =
          "Credential folder. Default: $$XDG_DATA_HOME/countersign, or /var/lib/countersign for"
              + " root.")
  @Nullable Path directory;

  @Option(
      names = "--lists-within",
      paramLabel = "TIME",
      converter = Values.DurationConverter.class,
      description = "Ask for newer revocation lists when they are older than this. Default: 1h.")
  @Nullable Duration listsWithin;

  @Option(
      names = "--key-algorithm",
      paramLabel = "ALG",
      description = "Of the first key: as for enroll.")
  @Nullable String keyAlgorithm;

  @Option(
      names = "--group",
      paramLabel = "GROUP",
      description = "Group of the files, when enrolling.")
  @Nullable String group;

  @Option(names = "--mode", paramLabel = "MODE", description = "Mode of the files, when enrolling.")
  @Nullable String mode;

  @Option(
      names = "--url",
      paramLabel = "URL",
      converter = Values.UrlConverter.class,
      description = "When enrolling, ask this URL before those in the string. May be repeated.")
  List<URI> urls = List.of();

  /** What was done. */
  private record Ensured(
      Credential credential,
      boolean enrolled,
      boolean renewed,
      boolean trustChanged,
      boolean listsChanged) {}

  EnsureCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  ExitCode run(Output output, Progress progress) {
    CredentialFolder folder = RenewCommand.folder(surroundings(), directory, false);
    Ensured ensured = ensured(folder, output, progress);
    progress.close();
    Credential credential = ensured.credential();
    if (output.isJson()) {
      Map<String, Object> document = new LinkedHashMap<>(CredentialView.json(folder, credential));
      document.put("enrolled", ensured.enrolled());
      document.put("renewed", ensured.renewed());
      document.put("changed", ensured.trustChanged());
      document.put("revocationListsChanged", ensured.listsChanged());
      output.document(commandName(), document);
      return ExitCode.DONE;
    }
    said(ensured, output);
    output.data(CredentialView.current(folder));
    return ExitCode.DONE;
  }

  private void said(Ensured ensured, Output output) {
    CredentialInfo info = ensured.credential().info();
    if (ensured.enrolled() || ensured.renewed()) {
      output.talk(
          (ensured.enrolled() ? "Enrolled: " : "Renewed: ")
              + info.identity()
              + " has a certificate until "
              + info.notAfter()
              + ".");
    } else if (ensured.trustChanged() || ensured.listsChanged()) {
      output.talk("Brought trust and revocation lists up to date.");
    }
  }

  private Ensured ensured(CredentialFolder folder, Output output, Progress progress) {
    if (!folder.isUsed()) {
      EnrollmentString string =
          given
              .find(surroundings(), output)
              .orElseGet(() -> GivenString.ask(surroundings(), global().noInput));
      return new Ensured(enrolled(string, folder, false, progress), true, false, false, false);
    }
    Credential present = folder.read();
    requireIdentity(present.info(), folder);
    if (isBeyondRenewal(present)) {
      Optional<EnrollmentString> other =
          given
              .find(surroundings(), output)
              .filter(s -> !present.info().enrollment().equals(Optional.of(s.enrollmentId())));
      if (other.isPresent()) {
        return new Ensured(
            enrolled(other.get(), folder, true, progress), true, false, false, false);
      }
    }
    return keptFresh(present, folder, progress);
  }

  private Ensured keptFresh(Credential present, CredentialFolder folder, Progress progress) {
    Renewal renewal = new Renewal(surroundings().clock(), surroundings().random(), progress);
    Credential newest = present;
    boolean renewed = false;
    if (renewal.isDue(present)) {
      Renewal.Renewed next = renewal.renew(folder, Renewal.Options.USUAL);
      newest = next.credential();
      renewed = next.renewed();
    }
    TrustUpdate update = new TrustUpdate(surroundings().clock(), surroundings().random(), progress);
    if (!update.isDue(newest, listsWithin == null ? USUAL_AGE : listsWithin)) {
      return new Ensured(newest, false, renewed, false, false);
    }
    TrustUpdate.Updated updated = update.update(folder, Patience.DEFAULT);
    return new Ensured(
        updated.credential(), false, renewed, updated.trustChanged(), updated.crlsChanged());
  }

  private Credential enrolled(
      EnrollmentString string, CredentialFolder folder, boolean replace, Progress progress) {
    return new Enrollment(surroundings().clock(), surroundings().random(), progress)
        .enroll(
            string,
            folder,
            new Enrollment.Options(
                EnrollCommand.algorithm(keyAlgorithm),
                urls,
                replace,
                EnrollCommand.permissions(group, mode),
                Optional.of(identity),
                Patience.DEFAULT))
        .credential();
  }

  private void requireIdentity(CredentialInfo info, CredentialFolder folder) {
    if (!info.identity().equals(identity)) {
      throw new ClientException(
          Kind.LOCAL_FILES,
          "The credential in "
              + folder.path()
              + " is of "
              + info.identity()
              + ", not of "
              + identity
              + ". Nothing was changed: name another folder with --dir, or the right identity.");
    }
  }

  /** Only a new string helps: revoked for good, or expired for longer than the grace. */
  private boolean isBeyondRenewal(Credential present) {
    Instant now = surroundings().clock().instant();
    Optional<Revoked> revoked = present.revocationLists().revoked(present.fullChain());
    return now.isAfter(present.info().renewal().graceUntil())
        || revoked.filter(found -> !found.isOnHold() && found.ca().isEmpty()).isPresent();
  }
}
