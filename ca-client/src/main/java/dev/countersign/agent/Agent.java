package dev.countersign.agent;

import dev.countersign.client.CredentialFolder;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Keeps several credentials, until it is closed. */
public final class Agent implements AutoCloseable {
  private static final int MOST_HOOKS_AT_ONCE = 64;
  private static final Duration LONGEST_END = Duration.ofSeconds(10);

  /**
   * All that an agent takes from the machine it runs on.
   *
   * @param nanos a clock that only runs forward
   * @param machine which machine this is, as {@link Machine} knows it
   */
  public record Surroundings(
      InstantSource clock,
      LongSupplier nanos,
      SecureRandom random,
      AgentLog log,
      Optional<String> machine) {}

  private final List<Keeper> keepers = new ArrayList<>();
  private final ExecutorService workers =
      new ThreadPoolExecutor(
          0,
          MOST_HOOKS_AT_ONCE,
          10,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          task -> {
            Thread thread = new Thread(task, "countersign-hook");
            thread.setDaemon(true);
            return thread;
          });
  private final InstantSource clock;

  private Agent(List<Path> folders, Surroundings around, boolean moved) {
    this.clock = around.clock();
    for (Path path : folders) {
      CredentialFolder folder = CredentialFolder.at(path);
      Semaphore news = new Semaphore(0);
      HookDesk desk =
          new HookDesk(folder.path(), around, new HookDesk.Workers(workers, news::release));
      keepers.add(new Keeper(folder, around, new Freshness(folder, around), desk, news, moved));
    }
  }

  /**
   * Begins to keep them.
   *
   * @param moved whether a folder that comes from another machine was moved here for good
   */
  public static Agent start(List<Path> folders, Surroundings around, boolean moved) {
    Agent agent = new Agent(folders, around, moved);
    agent.keepers.forEach(Keeper::start);
    return agent;
  }

  List<Condition> conditions() {
    return keepers.stream().map(Keeper::condition).toList();
  }

  InstantSource clock() {
    return clock;
  }

  /** Begins nothing more, and waits a little for what is under way. */
  @Override
  public void close() {
    keepers.forEach(Keeper::end);
    workers.shutdown();
    keepers.forEach(Keeper::close);
    try {
      if (!workers.awaitTermination(LONGEST_END.toSeconds(), TimeUnit.SECONDS)) {
        workers.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
