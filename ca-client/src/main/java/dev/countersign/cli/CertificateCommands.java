package dev.countersign.cli;

import dev.countersign.client.Answers;
import dev.countersign.client.OperatorApi;
import dev.countersign.pki.RevocationReason;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code countersign certificate …} */
final class CertificateCommands {
  private CertificateCommands() {}

  @Command(
      name = "certificate",
      description = "Issue, find and revoke certificates.",
      synopsisSubcommandLabel = "COMMAND")
  static final class Group {}

  static CommandLine group(Surroundings s) {
    return new CommandLine(new Group())
        .addSubcommand(new CertificateIssueCommand(s))
        .addSubcommand(new ListAll(s))
        .addSubcommand(new Show(s))
        .addSubcommand(new Revoke(s))
        .addSubcommand(new Hold(s))
        .addSubcommand(new Unhold(s))
        .addSubcommand(new HearingCommands.Unaware(s))
        .addSubcommand(new HearingCommands.CallIn(s));
  }

  /** Why and since when. */
  static final class ReasonOptions {
    @Option(
        names = "--reason",
        paramLabel = "REASON",
        converter = Values.ReasonConverter.class,
        description =
            "keyCompromise, affiliationChanged, superseded, cessationOfOperation,"
                + " privilegeWithdrawn or unspecified (default).")
    RevocationReason reason = RevocationReason.UNSPECIFIED;

    @Option(
        names = "--invalidity-date",
        paramLabel = "TIME",
        converter = Values.MomentConverter.class,
        description =
            "Since when the key is known or suspected to be in wrong hands: a time, a day, or so"
                + " long ago (3d).")
    Values.@Nullable Moment invalidityDate;

    Answers.RevokeRequest request(Instant now) {
      return new Answers.RevokeRequest(
          reason.label(), Optional.ofNullable(invalidityDate).map(moment -> moment.before(now)));
    }
  }

  @Command(
      name = "list",
      description =
          "Find certificates, newest first; those that expire before a time by their ends. All"
              + " conditions must hold.")
  static final class ListAll extends OperatorCommand.Listing {
    @Option(names = "--identity", paramLabel = "NAME")
    @Nullable String identity;

    @Option(
        names = "--san",
        paramLabel = "NAME",
        description = "A DNS name, IP address, URI or e-mail address, whole.")
    @Nullable String san;

    @Option(names = "--serial", paramLabel = "SERIAL")
    @Nullable String serial;

    @Option(
        names = "--key-hash",
        paramLabel = "SHA256",
        description = "Of the SubjectPublicKeyInfo, in hexadecimal.")
    @Nullable String keyHash;

    @Option(names = "--profile", paramLabel = "PROFILE")
    @Nullable String profile;

    @Option(names = "--issuer", paramLabel = "NAME", description = "Name of the issuing authority.")
    @Nullable String issuer;

    @Option(
        names = "--status",
        paramLabel = "STATUS",
        description = "active, held, revoked or expired.")
    @Nullable String status;

    @Option(
        names = "--expires-before",
        paramLabel = "TIME",
        converter = Values.MomentConverter.class,
        description = "A time, a day, or so long from now (30d).")
    Values.@Nullable Moment expiresBefore;

    @Option(
        names = "--expires-after",
        paramLabel = "TIME",
        converter = Values.MomentConverter.class)
    Values.@Nullable Moment expiresAfter;

    ListAll(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void ask(OperatorApi api, Reply reply) {
      Instant now = surroundings().clock().instant();
      Map<String, String> filter = new LinkedHashMap<>();
      putIf(filter, "identity", identity);
      putIf(filter, "san", san);
      putIf(filter, "serial", serial);
      putIf(filter, "keyHash", keyHash);
      putIf(filter, "profile", profile);
      putIf(filter, "issuer", issuer);
      putIf(filter, "status", status);
      if (expiresBefore != null) {
        filter.put("expiresBefore", expiresBefore.from(now).toString());
      }
      if (expiresAfter != null) {
        filter.put("expiresAfter", expiresAfter.from(now).toString());
      }
      reply.many(
          all(filter, api::certificates),
          List.of("SERIAL", "IDENTITY", "PROFILE", "STATUS", "NOT AFTER", "NAMES"),
          c ->
              List.of(
                  c.serial(),
                  c.identity(),
                  c.profile(),
                  c.status(),
                  c.notAfter(),
                  names(c.names())));
    }
  }

  static Map<String, Object> facts(Answers.Certificate c) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("serial", c.serial());
    facts.put("identity", c.identity());
    facts.put("status", c.status());
    facts.put("profile", c.profile());
    facts.put("issuer", c.issuer());
    facts.put("subject", c.subject());
    facts.put("names", OperatorCommand.names(c.names()));
    facts.put("not before", c.notBefore());
    facts.put("not after", c.notAfter());
    facts.put("revoked", c.revokedAt());
    facts.put("reason", c.revocationReason());
    facts.put("invalid since", c.invalidityDate());
    facts.put("key hash", c.keyHash());
    facts.put("issued", c.issuedAt());
    facts.put("proof", c.proof().kind() + " " + c.proof().id());
    facts.put("requested by", c.requestedBy());
    facts.put("from", c.remoteAddress());
    facts.put("renewal of", c.previous());
    facts.put("lineage", c.lineage());
    facts.put("loaded", c.loaded().map(CertificateCommands::loaded));
    return facts;
  }

  private static String loaded(Answers.Loaded loaded) {
    return "denials up to "
        + loaded.denials()
        + loaded.trustBundle().map(number -> ", trust bundle " + number).orElse("")
        + loaded.version().map(version -> ", " + version).orElse("")
        + ", heard at "
        + loaded.seenAt();
  }

  @Command(
      name = "show",
      description = "Show one certificate, with its lineage, who asked and by what proof.")
  static final class Show extends OperatorCommand {
    @Parameters(paramLabel = "SERIAL")
    String serial = "";

    @Option(names = "--pem", description = "Print the certificate and its chain as PEM.")
    boolean pem;

    Show(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void ask(OperatorApi api, Reply reply) {
      if (pem && !reply.isJson()) {
        reply.text(api.certificatePem(serial));
        return;
      }
      Answers.Certificate certificate = api.certificate(serial);
      reply.one("certificate", certificate, facts(certificate));
    }
  }

  static void report(
      Answers.Revocation revocation,
      HeardOptions heard,
      OperatorApi api,
      OperatorCommand.Reply reply) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("serial", revocation.serial());
    facts.put("reason", revocation.reason());
    facts.put("revoked at", revocation.revokedAt());
    facts.put("all revoked", revocation.revoked());
    heard.report(
        new HeardOptions.Answered(revocation, facts, revocation.revoked(), revocation.denials()),
        api,
        reply);
    boolean held = revocation.reason().equals(RevocationReason.CERTIFICATE_HOLD.label());
    reply.talkUnless(
        Optional.of(revocation.changed()),
        (held ? "It was on hold already, since " : "It was revoked already, at ")
            + revocation.revokedAt()
            + (held ? "" : " for " + revocation.reason())
            + "; nothing was changed.");
    reply.warnOfOwn(revocation.revoked());
  }

  @Command(
      name = "revoke",
      description = {
        "Revoke a certificate.",
        "With --reason keyCompromise all that was renewed from it is revoked too."
      })
  static final class Revoke extends OperatorCommand {
    @Parameters(paramLabel = "SERIAL")
    String serial = "";

    @Mixin ReasonOptions reason = new ReasonOptions();
    @Mixin HeardOptions heard = new HeardOptions();

    Revoke(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void ask(OperatorApi api, Reply reply) {
      report(
          api.revokeCertificate(serial, reason.request(surroundings().clock().instant())),
          heard,
          api,
          reply);
    }
  }

  @Command(name = "hold", description = "Put a certificate on hold; unhold lifts it.")
  static final class Hold extends OperatorCommand {
    @Parameters(paramLabel = "SERIAL")
    String serial = "";

    @Mixin HeardOptions heard = new HeardOptions();

    Hold(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void ask(OperatorApi api, Reply reply) {
      report(
          api.revokeCertificate(
              serial, new Answers.RevokeRequest("certificateHold", Optional.empty())),
          heard,
          api,
          reply);
    }
  }

  @Command(name = "unhold", description = "Lift a hold.")
  static final class Unhold extends OperatorCommand {
    @Parameters(paramLabel = "SERIAL")
    String serial = "";

    Unhold(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void ask(OperatorApi api, Reply reply) {
      Answers.Certificate certificate = api.releaseCertificate(serial);
      reply.one("certificate", certificate, facts(certificate));
      reply.talkUnless(certificate.changed(), "It was not on hold; nothing was changed.");
    }
  }
}
