package dev.countersign.cli;

import dev.countersign.client.Credential;
import dev.countersign.client.CredentialFolder;
import dev.countersign.client.Patience;
import dev.countersign.client.TrustUpdate;
import dev.countersign.pki.Certificate;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The roots to trust. */
@Command(
    name = "trust",
    description = {
      "Bring a folder's trust bundle and revocation lists up to date and show the roots.",
      "A bundle is taken only from the authority itself, and never an older one."
    })
final class TrustCommand extends BaseCommand {
  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description =
          "Credential folder. Default: $$XDG_DATA_HOME/countersign, or /var/lib/countersign for"
              + " root.")
  @Nullable Path directory;

  @Option(names = "--operator", description = "The credential of the operator commands.")
  boolean operator;

  @Option(
      names = "--offline",
      description = "Show what is in the folder, without asking the authority.")
  boolean offline;

  @Option(names = "--pem", description = "Print the roots as PEM.")
  boolean pem;

  TrustCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  ExitCode run(Output output, Progress progress) {
    CredentialFolder folder = RenewCommand.folder(surroundings(), directory, operator);
    TrustUpdate.Updated updated =
        offline
            ? new TrustUpdate.Updated(folder.read(), false, false)
            : new TrustUpdate(surroundings().clock(), surroundings().random(), progress)
                .update(folder, Patience.DEFAULT);
    progress.close();
    Credential credential = updated.credential();
    if (output.isJson()) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("directory", folder.path().toString());
      document.put("trustBundle", credential.info().trustBundle());
      document.put("changed", updated.trustChanged());
      document.put("revocationListsChanged", updated.crlsChanged());
      document.put("roots", credential.roots().stream().map(TrustCommand::view).toList());
      output.document(commandName(), document);
      return ExitCode.DONE;
    }
    if (updated.crlsChanged()) {
      output.talk("Newer revocation lists are in force in " + folder.path() + ".");
    }
    if (updated.trustChanged()) {
      output.talk(
          "Trust bundle "
              + credential.info().trustBundle()
              + " is in force in "
              + folder.path()
              + ".");
    }
    if (pem) {
      output.text(Certificate.toPem(credential.roots()));
    } else {
      output.table(
          List.of("ROOT", "PIN", "NOT AFTER"),
          credential.roots().stream()
              .map(r -> List.of(r.subject(), r.pin(), r.notAfter()))
              .toList());
    }
    return ExitCode.DONE;
  }

  private static Map<String, Object> view(Certificate root) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("subject", root.subject());
    view.put("pin", root.pin());
    view.put("notAfter", root.notAfter());
    view.put("certificate", root.toPem());
    return view;
  }
}
