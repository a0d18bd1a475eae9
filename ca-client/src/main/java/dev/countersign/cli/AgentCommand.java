package dev.countersign.cli;

import dev.countersign.agent.Agent;
import dev.countersign.agent.AgentHttp;
import dev.countersign.agent.AgentLog;
import dev.countersign.agent.Machine;
import dev.countersign.client.Printable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The daemon for programs that are not ours. */
@Command(
    name = "agent",
    description = {
      "Keep credentials fresh for programs that read files, until SIGTERM or Ctrl-C: renew in time,",
      "fetch revocation lists within a second of a denial, and run the hooks of each folder.",
      "What happens is said on stderr, a line for each event."
    })
final class AgentCommand extends BaseCommand {
  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description =
          "Credential folder; may be repeated. Default: $$XDG_DATA_HOME/countersign, or"
              + " /var/lib/countersign for root.")
  List<Path> directories = List.of();

  @Option(
      names = "--listen",
      paramLabel = "ADDRESS:PORT",
      description =
          "Answer /healthz and /metrics there, such as 127.0.0.1:9464: on loopback alone.")
  @Nullable String listen;

  @Option(
      names = "--moved",
      description = "The folders were moved here from another machine, and are no copies.")
  boolean moved;

  AgentCommand(Surroundings surroundings) {
    super(surroundings);
  }

  /**
   * By whatever links it is named: of two agents in one folder the second would end the first's
   * lock.
   */
  private static Path real(Path folder) {
    try {
      return folder.toRealPath();
    } catch (IOException e) {
      return folder.toAbsolutePath().normalize(); // not there yet
    }
  }

  @Override
  ExitCode run(Output output, Progress progress) {
    List<Path> folders =
        directories.isEmpty() ? List.of(surroundings().serviceFolder()) : directories;
    if (folders.stream().map(AgentCommand::real).distinct().count() < folders.size()) {
      throw new UsageException("Give each --dir once.");
    }
    @Nullable InetSocketAddress address = listen == null ? null : loopback(listen);
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    Thread last = new Thread(() -> endOrderly(end, ended), "countersign-end");
    AgentLog log = (level, folder, event, sentence) -> line(output, level, folder, event, sentence);
    Agent.Surroundings around =
        new Agent.Surroundings(
            surroundings().clock(), System::nanoTime, surroundings().random(), log, Machine.here());
    Runtime.getRuntime().addShutdownHook(last);
    try (Agent agent = Agent.start(folders, around, moved)) {
      AgentHttp http = address == null ? null : AgentHttp.start(address, agent);
      end.await();
      if (http != null) {
        http.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      ended.countDown();
    }
    return ExitCode.DONE;
  }

  /** The process waits for this one. */
  private static void endOrderly(CountDownLatch end, CountDownLatch ended) {
    end.countDown();
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void line(
      Output output, AgentLog.Level level, Path folder, String event, String sentence) {
    String time = surroundings().clock().instant().truncatedTo(ChronoUnit.MILLIS).toString();
    String word = level.name().toLowerCase(Locale.ROOT);
    if (output.isJson()) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("time", time);
      members.put("level", word);
      members.put("event", event);
      members.put("directory", folder.toString());
      members.put("message", sentence);
      output.event(members, level != AgentLog.Level.INFO);
    } else {
      output.event(
          time + " " + word + " " + folder + " " + event + ": " + Printable.line(sentence),
          level != AgentLog.Level.INFO);
    }
  }

  private static InetSocketAddress loopback(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon).replace("[", "").replace("]", "");
    String port = text.substring(colon + 1);
    if (host.isEmpty() || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535) {
      throw new UsageException("--listen is ADDRESS:PORT, such as 127.0.0.1:9464.");
    }
    InetSocketAddress address = new InetSocketAddress(host, Integer.parseInt(port));
    InetAddress resolved = address.getAddress();
    if (resolved == null || !resolved.isLoopbackAddress()) {
      throw new UsageException(
          "--listen "
              + text
              + " is not of the loopback interface. What is answered there is for this machine.");
    }
    return address;
  }
}
