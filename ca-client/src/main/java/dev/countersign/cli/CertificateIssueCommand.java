package dev.countersign.cli;

import dev.countersign.client.Answers;
import dev.countersign.client.ClientException;
import dev.countersign.client.ClientException.Kind;
import dev.countersign.client.LocalFiles;
import dev.countersign.client.OperatorApi;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code countersign certificate issue}: for those who keep their keys themselves. */
@Command(
    name = "issue",
    description = {
      "Issue a certificate for a CSR, as an operator.",
      "Prints the certificate and its chain as PEM."
    })
final class CertificateIssueCommand extends OperatorCommand {
  @Option(
      names = "--csr",
      required = true,
      paramLabel = "FILE",
      description = "PEM or DER; - for stdin.")
  String csr = "";

  @Option(
      names = "--identity",
      required = true,
      paramLabel = "NAME",
      description = "Whose it is: it decides the names, and the profile unless one is given.")
  String identity = "";

  @Option(names = "--profile", paramLabel = "PROFILE", description = "Default: the identity's.")
  @Nullable String profile;

  @Mixin Values.NameOptions names = new Values.NameOptions();

  @Option(
      names = "--lifetime",
      paramLabel = "DURATION",
      converter = Values.DurationConverter.class,
      description = "Such as 12h or 30d; at most the profile's longest.")
  @Nullable Duration lifetime;

  @Option(
      names = "--idempotency-key",
      paramLabel = "KEY",
      description = "Running the command again with the same key gives the same certificate.")
  @Nullable String idempotencyKey;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write the PEM here instead of to stdout.")
  @Nullable Path outFile;

  CertificateIssueCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void ask(OperatorApi api, Reply reply) {
    byte[] content = Values.read(csr, surroundings(), "read the CSR");
    Answers.Issued issued =
        issue(
            api,
            new Answers.IssueRequest(
                csrText(content),
                identity,
                Optional.ofNullable(profile),
                names.names(),
                Optional.ofNullable(lifetime).map(Duration::toString)),
            reply);
    String pem = issued.certificate() + issued.chain();
    if (outFile != null) {
      try {
        Files.writeString(outFile, pem, StandardCharsets.US_ASCII);
      } catch (IOException e) {
        // The certificate is issued all the same: it must not be lost with the disk's last byte.
        reply.talk(
            "Serial "
                + issued.serial()
                + " was issued; fetch it with: countersign certificate show --pem "
                + issued.serial());
        throw LocalFiles.failure("write the certificate", outFile, e);
      }
    }
    if (reply.isJson()) {
      reply.json(java.util.Map.of("certificate", issued));
      return;
    }
    reply.talk(
        "Serial "
            + issued.serial()
            + ", for "
            + issued.identity()
            + " until "
            + issued.notAfter()
            + ".");
    if (outFile == null) {
      reply.text(pem);
    }
  }

  private Answers.Issued issue(OperatorApi api, Answers.IssueRequest request, Reply reply) {
    if (idempotencyKey != null) {
      return api.issueCertificate(request, idempotencyKey);
    }
    String key = freshKey();
    try {
      return api.issueCertificate(request, key);
    } catch (ClientException e) {
      if (e.kind() == Kind.UNREACHABLE || e.kind() == Kind.UNAVAILABLE) {
        reply.talk(
            "In case the certificate was issued all the same, run the command again with"
                + " --idempotency-key="
                + key
                + ": that gives this one and no second.");
      }
      throw e;
    }
  }

  private String freshKey() {
    byte[] bytes = new byte[18];
    surroundings().random().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static String csrText(byte[] content) {
    // DER begins with SEQUENCE and a length of more than 127 bytes (X.690 8.1.3.5); no text has a
    // byte like the second one.
    boolean der = content.length > 1 && content[0] == 0x30 && content[1] < 0;
    return der
        ? Base64.getUrlEncoder().withoutPadding().encodeToString(content)
        : new String(content, StandardCharsets.UTF_8);
  }
}
