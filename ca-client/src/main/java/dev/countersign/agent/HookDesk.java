package dev.countersign.agent;

import dev.countersign.agent.AgentLog.Level;
import dev.countersign.agent.AgentState.HookState;
import dev.countersign.client.ClientException;
import dev.countersign.client.Credential;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Runs the hooks of one credential, each on its own: one that hangs keeps neither the others nor
 * the next revocation list waiting. What was done is in the folder before it counts.
 */
final class HookDesk {
  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

  private final Path folder;
  private final AgentLog log;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final RandomGenerator random;
  private final ExecutorService workers;
  private final Runnable wake;
  private final FolderFile<AgentState> file;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Hook, Backoff> backoffs = new HashMap<>();
  private final Set<String> running = new HashSet<>();
  private AgentState state;
  private List<Hook> hooks = List.of();
  private List<Hook> shown = List.of(); // also those that are not run
  private Optional<String> trouble = Optional.empty();
  private Optional<Credential> newest = Optional.empty();

  HookDesk(Path folder, Agent.Surroundings around, Workers workers) {
    this.folder = folder;
    this.log = around.log();
    this.clock = around.clock();
    this.nanos = around.nanos();
    this.random = around.random();
    this.workers = workers.pool();
    this.wake = workers.wake();
    this.file = AgentState.file(folder);
    this.state = readState();
  }

  /**
   * Who does the work.
   *
   * @param wake is called after it
   */
  record Workers(ExecutorService pool, Runnable wake) {}

  /** A damaged state costs one more run of each hook. */
  private AgentState readState() {
    try {
      return file.read().orElse(AgentState.NONE);
    } catch (ClientException e) {
      log.say(Level.WARN, folder, "state-lost", e.getMessage() + " It is made anew.");
      return AgentState.NONE;
    }
  }

  /** Whether the folder comes from another machine. */
  boolean isCopied(Optional<String> machine, Credential credential) {
    lock.lock();
    try {
      return state.isOfAnother(machine, credential);
    } finally {
      lock.unlock();
    }
  }

  void keptOn(Optional<String> machine, Credential credential) {
    machine.ifPresent(
        here -> keep(now -> now.at(new AgentState.Home(here, credential.info().enrollment()))));
  }

  private void keep(java.util.function.UnaryOperator<AgentState> change) {
    lock.lock();
    try {
      AgentState next = change.apply(state);
      if (!next.equals(state)) {
        state = next;
        file.write(next);
      }
    } catch (ClientException e) {
      log.say(Level.ERROR, folder, "state-not-kept", String.valueOf(e.getMessage()));
    } finally {
      lock.unlock();
    }
  }

  /** Begins whatever is to be done now; says how long there is nothing more to begin. */
  Duration round(Credential present) {
    lock.lock();
    try {
      newest = Optional.of(present);
      read();
      Duration next = LONGEST_WAIT;
      for (Hook hook : hooks) {
        Backoff backoff =
            backoffs.computeIfAbsent(
                hook, set -> new Backoff(FIRST_WAIT, LONGEST_WAIT, nanos, random));
        if (running.contains(hook.name()) || state.hook(hook.name()).isCurrent(hook, present)) {
          continue;
        }
        if (backoff.isTime()) {
          begin(hook, backoff);
        } else if (backoff.left().compareTo(next) < 0) {
          next = backoff.left();
        }
      }
      return next;
    } finally {
      lock.unlock();
    }
  }

  private Set<Part> changed(Hook hook, Credential present) {
    HookState before = state.hook(hook.name());
    return Marks.of(present).since(before.done().filter(marks -> before.isOf(hook)), hook.parts());
  }

  /** Each time: whoever sets one expects it to be run. */
  private void read() {
    try {
      hooks = Hooks.in(folder).trusted();
      shown = hooks;
      backoffs.keySet().retainAll(hooks);
      trouble = Optional.empty();
    } catch (ClientException e) {
      hooks = List.of();
      Optional<String> what = Optional.of(String.valueOf(e.getMessage()));
      if (!what.equals(trouble)) {
        trouble = what;
        log.say(Level.ERROR, folder, "hooks-not-run", what.get());
        notRun(what.get());
      }
    }
  }

  /** So that whoever asks for the status hears of it. */
  private void notRun(String why) {
    try {
      shown = Hooks.in(folder).read();
      for (Hook hook : shown) {
        keep(now -> now.with(hook.name(), now.hook(hook.name()).failed(why, clock.instant())));
      }
    } catch (ClientException e) {
      // that is what was said
    }
  }

  private void begin(Hook hook, Backoff backoff) {
    running.add(hook.name());
    try {
      workers.execute(() -> run(hook, backoff));
    } catch (RejectedExecutionException e) {
      running.remove(hook.name()); // it is the end: the next agent runs it
    }
  }

  private void run(Hook hook, Backoff backoff) {
    Credential credential;
    Set<Part> changed;
    lock.lock();
    try {
      credential = newest.orElseThrow();
      changed = changed(hook, credential);
    } finally {
      lock.unlock();
    }
    try {
      HookRun.of(hook, folder, credential, changed);
      backoff.reset();
      keep(
          now ->
              now.with(hook.name(), HookState.done(hook, Marks.of(credential), clock.instant())));
      log.say(Level.INFO, folder, "hook-done", done(hook, changed));
    } catch (HookFailedException e) {
      failed(hook, backoff, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nothing was done, and the next agent knows it
    } catch (RuntimeException e) {
      failed(hook, backoff, "An unforeseen failure: " + e + ".");
    } finally {
      lock.lock();
      try {
        running.remove(hook.name());
      } finally {
        lock.unlock();
      }
      wake.run();
    }
  }

  private static String done(Hook hook, Set<Part> changed) {
    return hook.name()
        + " has loaded: "
        + changed.stream().map(Part::label).collect(Collectors.joining(", "))
        + ".";
  }

  private void failed(Hook hook, Backoff backoff, String why) {
    backoff.failed(Duration.ZERO);
    keep(now -> now.with(hook.name(), now.hook(hook.name()).failed(why, clock.instant())));
    log.say(
        Level.ERROR,
        folder,
        "hook-failed",
        "Hook "
            + hook.name()
            + " ("
            + hook.shown()
            + ") failed, and is tried again in "
            + Math.max(1, backoff.left().toSeconds())
            + " s: "
            + why);
  }

  /** After the machine has slept nothing is left of what was wrong before. */
  void startOver() {
    lock.lock();
    try {
      backoffs.values().forEach(Backoff::reset);
    } finally {
      lock.unlock();
    }
  }

  /** How each hook is, in the order in which they were set. */
  Map<Hook, HookState> states() {
    lock.lock();
    try {
      Map<Hook, HookState> all = new java.util.LinkedHashMap<>();
      shown.forEach(hook -> all.put(hook, state.hook(hook.name())));
      return all;
    } finally {
      lock.unlock();
    }
  }
}
