package dev.countersign.cli;

import dev.countersign.agent.AgentState;
import dev.countersign.agent.AgentState.HookState;
import dev.countersign.agent.Hook;
import dev.countersign.agent.Hooks;
import dev.countersign.client.ClientException;
import dev.countersign.client.ClientException.Kind;
import dev.countersign.client.Credential;
import dev.countersign.client.CredentialFolder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code countersign hook …} */
final class HookCommands {
  private HookCommands() {}

  @Command(
      name = "hook",
      description = "What an agent does so that programs notice a change.",
      synopsisSubcommandLabel = "COMMAND")
  static final class Group {}

  static CommandLine group(Surroundings s) {
    return new CommandLine(new Group())
        .addSubcommand(new Set(s))
        .addSubcommand(new ListAll(s))
        .addSubcommand(new Remove(s));
  }

  /** Those of one folder. */
  abstract static class HookCommand extends BaseCommand {
    @Option(
        names = "--dir",
        paramLabel = "DIR",
        description =
            "Credential folder. Default: $$XDG_DATA_HOME/countersign, or /var/lib/countersign for"
                + " root.")
    @Nullable Path directory;

    HookCommand(Surroundings surroundings) {
      super(surroundings);
    }

    /** A folder with a credential: elsewhere a hook would wait for ever. */
    CredentialFolder folder() {
      CredentialFolder folder = RenewCommand.folder(surroundings(), directory, false);
      if (!folder.isUsed()) {
        throw new ClientException(
            Kind.LOCAL_FILES,
            "There is no credential in "
                + folder.path()
                + " yet. Enrol first: countersign enroll --dir "
                + folder.path());
      }
      return folder;
    }
  }

  @Command(
      name = "set",
      description = {
        "Set what makes one program load a changed credential.",
        "A running agent takes it within seconds, and runs it at once. Give one of --on-change,",
        "--signal, --reload-unit and --haproxy."
      })
  static final class Set extends HookCommand {
    @Parameters(
        paramLabel = "NAME",
        description = "Of the program; a hook of that name is replaced.")
    String name = "";

    @Option(
        names = "--on-change",
        paramLabel = "COMMAND",
        description = "A command line for /bin/sh, such as 'nginx -s reload'.")
    @Nullable String onChange;

    @Option(
        names = "--signal",
        paramLabel = "SIGNAL",
        description = "Send this to the process in --pid-file, such as HUP.")
    @Nullable String signal;

    @Option(names = "--pid-file", paramLabel = "FILE", description = "Where the program's pid is.")
    @Nullable Path pidFile;

    @Option(
        names = "--reload-unit",
        paramLabel = "UNIT",
        description = "Run systemctl reload UNIT.")
    @Nullable String reloadUnit;

    @Option(
        names = "--haproxy",
        paramLabel = "SOCKET",
        description =
            "HAProxy's runtime API, a path or HOST:PORT: crl-file and ca-file from DIR/current are"
                + " replaced without a reload, with --on certificate the certificate too.")
    @Nullable String haproxy;

    @Option(
        names = "--probe",
        paramLabel = "PLACE",
        description =
            "HOST:PORT or postgres://HOST:PORT: done only when the certificate is served there.")
    @Nullable String probe;

    @Option(
        names = "--on",
        paramLabel = "PART",
        split = ",",
        description =
            "certificate, trust, lists: what must change. Default: any; with --haproxy, trust and"
                + " lists.")
    List<String> on = List.of();

    @Option(
        names = "--timeout",
        paramLabel = "TIME",
        converter = Values.DurationConverter.class,
        description = "For all of it. Default: 30s.")
    @Nullable Duration timeout;

    Set(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    ExitCode run(Output output, Progress progress) {
      Hook hook;
      try {
        hook =
            new Hook(
                name,
                on.isEmpty() ? haproxy == null ? Hook.ALL : Hook.WITHOUT_CERTIFICATE : on,
                Optional.ofNullable(onChange),
                Optional.ofNullable(signal),
                Optional.ofNullable(pidFile).map(p -> p.toAbsolutePath().toString()),
                Optional.ofNullable(reloadUnit),
                Optional.ofNullable(haproxy),
                Optional.ofNullable(probe),
                timeout == null ? Hook.USUAL_TIMEOUT : timeout);
      } catch (IllegalArgumentException e) {
        throw new UsageException(String.valueOf(e.getMessage()));
      }
      CredentialFolder folder = folder();
      Hooks.in(folder.path()).set(hook);
      if (output.isJson()) {
        output.document(commandName(), Map.of("hook", view(hook, HookState.NEW)));
      } else {
        output.talk(
            "Set. An agent runs it: countersign agent --dir "
                + folder.path()
                + "; how it went: countersign status --dir "
                + folder.path());
      }
      return ExitCode.DONE;
    }
  }

  @Command(name = "list", description = "List the hooks of a folder, and how they went.")
  static final class ListAll extends HookCommand {
    ListAll(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    ExitCode run(Output output, Progress progress) {
      CredentialFolder folder = folder();
      List<Hook> hooks = Hooks.in(folder.path()).read();
      Credential credential = folder.read();
      AgentState state = AgentState.read(folder.path());
      if (output.isJson()) {
        output.document(
            commandName(),
            Map.of(
                "items", hooks.stream().map(hook -> view(hook, state.hook(hook.name()))).toList()));
      } else {
        output.table(
            List.of("NAME", "DOES", "PROBE", "STATE"),
            hooks.stream()
                .map(
                    hook ->
                        List.of(
                            hook.name(),
                            hook.shown(),
                            hook.probe(),
                            said(hook, state.hook(hook.name()), credential)))
                .toList());
      }
      return ExitCode.DONE;
    }
  }

  @Command(name = "remove", description = "Remove a hook.")
  static final class Remove extends HookCommand {
    @Parameters(paramLabel = "NAME")
    String name = "";

    Remove(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    ExitCode run(Output output, Progress progress) {
      boolean was = Hooks.in(folder().path()).remove(name);
      if (output.isJson()) {
        output.document(commandName(), Map.of("changed", was));
      } else if (!was) {
        output.talk("There is no hook \"" + name + "\". Nothing was changed.");
      }
      return ExitCode.DONE;
    }
  }

  static String said(Hook hook, HookState state, Credential credential) {
    return state
        .failingSince()
        .map(since -> "failing since " + since + ": " + state.reason().orElse(""))
        .or(
            () ->
                state
                    .doneAt()
                    .filter(at -> state.isCurrent(hook, credential))
                    .map(at -> "done at " + at))
        .orElse("waits for an agent");
  }

  static Map<String, Object> view(Hook hook, HookState state) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("name", hook.name());
    view.put("on", hook.on());
    view.put("onChange", hook.onChange());
    view.put("signal", hook.signal());
    view.put("pidFile", hook.pidFile());
    view.put("reloadUnit", hook.reloadUnit());
    view.put("haproxy", hook.haproxy());
    view.put("probe", hook.probe());
    view.put("timeout", hook.timeout().toString());
    view.put("doneAt", state.doneAt());
    view.put("failingSince", state.failingSince());
    view.put("reason", state.reason());
    return view;
  }
}
