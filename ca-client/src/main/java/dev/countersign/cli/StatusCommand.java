package dev.countersign.cli;

import dev.countersign.agent.AgentState;
import dev.countersign.agent.AgentState.HookState;
import dev.countersign.agent.Hook;
import dev.countersign.agent.Hooks;
import dev.countersign.agent.Machine;
import dev.countersign.client.Credential;
import dev.countersign.client.CredentialFolder;
import dev.countersign.client.CredentialInfo;
import dev.countersign.client.RevocationLists;
import dev.countersign.client.Revoked;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What is in a credential folder, and whether it still holds. Asks nobody. */
@Command(
    name = "status",
    description = {
      "Show a credential and check its files, without asking the authority.",
      "Ends with 3 if it is revoked or on hold by the lists in the folder, with 5 if it is",
      "expired, with 7 if it is damaged or not there, with 9 if an agent cannot have a program load",
      "it."
    })
final class StatusCommand extends BaseCommand {
  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description =
          "Credential folder. Default: $$XDG_DATA_HOME/countersign, or /var/lib/countersign for"
              + " root.")
  @Nullable Path directory;

  @Option(names = "--operator", description = "The credential of the operator commands.")
  boolean operator;

  StatusCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  ExitCode run(Output output, Progress progress) {
    CredentialFolder folder = RenewCommand.folder(surroundings(), directory, operator);
    Credential credential = folder.read();
    CredentialInfo info = credential.info();
    Instant now = surroundings().clock().instant();
    if (credential.isKeyOpenToOthers()) {
      output.warn(
          "everybody on this machine can read the private key. Take that away: chmod o= "
              + credential.folder().resolve(CredentialFolder.KEY)
              + "; if somebody may have read it, have the certificate revoked.");
    }
    Map<Hook, HookState> hooks = hooks(folder.path());
    RevocationLists lists = credential.revocationLists();
    Optional<Revoked> revoked = lists.revoked(credential.fullChain());
    String state = revoked.map(Revoked::state).orElseGet(() -> state(info, now));
    if (output.isJson()) {
      Map<String, Object> document = new LinkedHashMap<>(CredentialView.json(folder, credential));
      document.put("state", state);
      document.put(
          "secondsLeft",
          revoked.isPresent()
              ? 0
              : Math.max(0, Duration.between(now, info.notAfter()).toSeconds()));
      document.put("revocation", revocation(credential, lists, revoked));
      if (!hooks.isEmpty()) {
        document.put(
            "hooks",
            hooks.entrySet().stream()
                .map(hook -> HookCommands.view(hook.getKey(), hook.getValue()))
                .toList());
      }
      output.document(commandName(), document);
    } else {
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("identity", info.identity());
      facts.put(
          "state",
          state + " (" + revoked.map(StatusCommand::why).orElseGet(() -> left(info, now)) + ")");
      facts.put("not after", info.notAfter());
      facts.put("renew from", info.renewal().start());
      facts.put("profile", info.profile());
      facts.put(
          "names", credential.certificate().names().list().stream().map(n -> n.value()).toList());
      facts.put("serial", info.serial());
      facts.put("revocation list", age(credential, lists, now));
      facts.put("trust bundle", info.trustBundle());
      facts.put("authority", info.urls());
      facts.put("files", CredentialView.current(folder));
      hooks.forEach(
          (hook, how) ->
              facts.put("hook " + hook.name(), HookCommands.said(hook, how, credential)));
      output.facts(facts);
    }
    if (AgentState.read(folder.path()).isOfAnother(Machine.here(), credential)) {
      output.warn(AgentState.COPIED);
    }
    if (revoked.isPresent()) {
      output.talk(revoked.get().advice(folder.path()));
      return ExitCode.REFUSED;
    }
    if (state.equals("expired")) {
      output.talk(
          now.isAfter(info.renewal().graceUntil())
              ? "It cannot be renewed any more. Ask for a new enrolment string, then: countersign"
                  + " enroll --replace --dir "
                  + folder.path()
              : "It can still be renewed until "
                  + info.renewal().graceUntil()
                  + ": countersign renew --dir "
                  + folder.path());
      return ExitCode.EXPIRED;
    }
    if (state.equals("renewable")) {
      output.talk("It is time to renew: countersign renew --dir " + folder.path());
    }
    if (hooks.values().stream().anyMatch(how -> how.failingSince().isPresent())) {
      output.talk(
          "A program may still use what was there before. When the cause is mended the agent goes"
              + " on by itself.");
      return ExitCode.NOT_LOADED;
    }
    return ExitCode.DONE;
  }

  private static Map<Hook, HookState> hooks(Path folder) {
    Map<Hook, HookState> all = new LinkedHashMap<>();
    List<Hook> hooks = Hooks.in(folder).read();
    if (!hooks.isEmpty()) {
      AgentState state = AgentState.read(folder);
      hooks.forEach(hook -> all.put(hook, state.hook(hook.name())));
    }
    return all;
  }

  private static Map<String, Object> revocation(
      Credential credential, RevocationLists lists, Optional<Revoked> revoked) {
    Map<String, Object> view = new LinkedHashMap<>();
    lists.asOf(credential.certificate()).ifPresent(t -> view.put("asOf", t));
    lists.nextUpdate(credential.certificate()).ifPresent(t -> view.put("nextUpdate", t));
    revoked.ifPresent(
        r -> {
          view.put("revokedAt", r.since());
          view.put("reason", r.reason().label());
          r.ca().ifPresent(subject -> view.put("ca", subject));
        });
    return view;
  }

  private static String why(Revoked revoked) {
    return revoked.reason().label() + ", since " + revoked.since();
  }

  private static String age(Credential credential, RevocationLists lists, Instant now) {
    Optional<Instant> asOf = lists.asOf(credential.certificate());
    if (asOf.isEmpty()) {
      return "none of the issuer";
    }
    Optional<Instant> next = lists.nextUpdate(credential.certificate()).filter(now::isAfter);
    return "of "
        + asOf.get()
        + next.map(t -> ", out of date since " + t + " (countersign trust gets a new one)")
            .orElse("");
  }

  private static String state(CredentialInfo info, Instant now) {
    if (now.isAfter(info.notAfter())) {
      return "expired";
    }
    if (now.isBefore(info.notBefore())) {
      return "not-yet-valid";
    }
    return now.isBefore(info.renewal().start()) ? "valid" : "renewable";
  }

  private static String left(CredentialInfo info, Instant now) {
    Duration left = Duration.between(now, info.notAfter());
    String amount = span(left.abs());
    return left.isNegative() ? amount + " ago" : amount + " left";
  }

  private static String span(Duration duration) {
    if (duration.toDays() >= 2) {
      return duration.toDays() + " days";
    }
    return duration.toHours() >= 2
        ? duration.toHours() + " hours"
        : duration.toMinutes() + " minutes";
  }
}
