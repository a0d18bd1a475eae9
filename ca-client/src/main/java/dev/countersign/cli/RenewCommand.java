package dev.countersign.cli;

import dev.countersign.client.Credential;
import dev.countersign.client.CredentialFolder;
import dev.countersign.client.Patience;
import dev.countersign.client.Renewal;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The next certificate, when it is time. */
@Command(
    name = "renew",
    description = {
      "Get the next certificate of a credential, if it is time.",
      "Meant to be run by a timer: before its time it does nothing and is done."
    })
final class RenewCommand extends BaseCommand {
  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description =
          "Credential folder. Default: $$XDG_DATA_HOME/countersign, or /var/lib/countersign for"
              + " root.")
  @Nullable Path directory;

  @Option(names = "--operator", description = "The credential of the operator commands.")
  boolean operator;

  @Option(names = "--force", description = "Renew although it is not time yet.")
  boolean force;

  @Option(names = "--same-key", description = "Keep the key. By default a new one is made.")
  boolean sameKey;

  @Option(
      names = "--key-algorithm",
      paramLabel = "ALG",
      description = "Of the new key; by default as before.")
  @Nullable String keyAlgorithm;

  @Option(
      names = "--proof",
      paramLabel = "HOW",
      description =
          "signed (default): a request signed by the present key, through any proxy and after"
              + " expiry; mtls: show the certificate in the handshake.")
  String proof = "signed";

  RenewCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  ExitCode run(Output output, Progress progress) {
    if (sameKey && keyAlgorithm != null) {
      throw new UsageException("Give --same-key or --key-algorithm, not both.");
    }
    CredentialFolder folder = folder(surroundings(), directory, operator);
    Renewal.Renewed renewed =
        new Renewal(surroundings().clock(), surroundings().random(), progress)
            .renew(
                folder,
                new Renewal.Options(
                    force,
                    sameKey,
                    EnrollCommand.algorithm(keyAlgorithm),
                    proof(),
                    Patience.DEFAULT));
    progress.close();
    Credential credential = renewed.credential();
    if (output.isJson()) {
      Map<String, Object> document = new LinkedHashMap<>(CredentialView.json(folder, credential));
      document.put("renewed", renewed.renewed());
      output.document(commandName(), document);
      return ExitCode.DONE;
    }
    output.talk(
        renewed.renewed()
            ? "Renewed: "
                + credential.info().identity()
                + " has a certificate until "
                + credential.info().notAfter()
                + "."
            : "Nothing to do: the certificate is to be renewed from "
                + credential.info().renewal().start()
                + " on (--force does it now).");
    output.data(CredentialView.current(folder));
    return ExitCode.DONE;
  }

  private Renewal.Proof proof() {
    return switch (proof) {
      case "signed" -> Renewal.Proof.SIGNED_REQUEST;
      case "mtls" -> Renewal.Proof.MUTUAL_TLS;
      default -> throw new UsageException("--proof is signed or mtls, not \"" + proof + "\".");
    };
  }

  static CredentialFolder folder(
      Surroundings surroundings, @Nullable Path directory, boolean operator) {
    if (operator && directory != null) {
      throw new UsageException("Give --operator or --dir, not both.");
    }
    return CredentialFolder.at(
        operator
            ? surroundings.operatorFolder()
            : Optional.ofNullable(directory).orElseGet(surroundings::serviceFolder));
  }
}
