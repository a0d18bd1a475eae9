package dev.countersign.server.http;

import dev.countersign.db.DatabaseUnavailableException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What must hold for this server to be given work; each check says what is wrong, or nothing. They
 * are made on a thread of their own, one round at a time, so that who asks is answered however busy
 * all others are. Whoever asks during a round shares it, and waits for no check that hangs.
 */
public final class Readiness implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Readiness.class);
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Map<String, Supplier<Optional<String>>> checks;
  private final Duration patience;
  private final ExecutorService desk =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "countersign-readiness");
            thread.setDaemon(true);
            return thread;
          });
  private @Nullable Round current; // guarded by this
  private volatile boolean stopping;

  public Readiness(Map<String, Supplier<Optional<String>>> checks) {
    this(checks, PATIENCE);
  }

  Readiness(Map<String, Supplier<Optional<String>>> checks, Duration patience) {
    this.checks = new LinkedHashMap<>(checks);
    this.patience = patience;
  }

  /** From now on not ready, so that a load balancer sends no more. */
  public void stopping() {
    stopping = true;
  }

  record State(boolean ready, Map<String, String> checks) {}

  /** Never fails; complete at the latest when the patience with a round is over. */
  synchronized CompletableFuture<State> state() {
    Round round = current;
    if (round == null) {
      round = new Round();
      current = round;
      desk.execute(round);
    }
    return round.answer;
  }

  private synchronized void finished() {
    current = null;
  }

  private final class Round implements Runnable {
    private final Map<String, String> results = new LinkedHashMap<>(); // guarded by this
    private final CompletableFuture<State> done = new CompletableFuture<>();
    final CompletableFuture<State> answer =
        done.orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS).exceptionally(late -> soFar());

    Round() {
      results.put("running", stopping ? "stopping" : "ok");
      checks.keySet().forEach(name -> results.put(name, "no answer within " + patience));
    }

    @Override
    public void run() {
      checks.forEach((name, check) -> result(name, outcome(name, check)));
      finished(); // first: who has seen this answer and asks again wants a new one
      done.complete(soFar());
    }

    private synchronized void result(String name, String outcome) {
      results.put(name, outcome);
    }

    private synchronized State soFar() {
      return new State(
          results.values().stream().allMatch("ok"::equals), new LinkedHashMap<>(results));
    }
  }

  private static String outcome(String name, Supplier<Optional<String>> check) {
    try {
      return check.get().orElse("ok");
    } catch (DatabaseUnavailableException e) {
      return String.valueOf(e.getMessage()); // whoever said it first has logged it
    } catch (RuntimeException | Error e) { // the round must end, or there is never another
      LOG.warn("The readiness check {} failed", name, e);
      return "failed; see the log";
    }
  }

  /** Finishes the round that there is. */
  @Override
  public void close() {
    desk.shutdown(); // not interrupted: the embedded database does not survive that
    try {
      if (!desk.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.warn("A readiness check was still being made when the server stopped");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
