package dev.countersign.client.tls;

import dev.countersign.client.ClientException;
import dev.countersign.client.Credential;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What goes on in the background, on one thread: takes what is new in the folder, keeps the folder
 * fresh if that is ours to do, and ends what has lasted too long. It sleeps until something happens
 * in the folder, and looks at the clock every few seconds, which also finds a clock that was set.
 */
final class Upkeep implements AutoCloseable {
  private static final long LOOK_SECONDS = 10;
  private static final long LONGEST_END_SECONDS = 5;

  private final FolderLoader loader;
  private final Cares cares;
  private final Endpoint endpoint;
  private final Draining draining;
  private final InstantSource clock;
  private final ReentrantLock working = new ReentrantLock();
  private final Thread thread = new Thread(this::run, "countersign-tls");
  private @Nullable WatchService watch;
  private Optional<String> saidOfFolder = Optional.empty();
  private boolean saidThatStale;
  private volatile boolean closed;

  Upkeep(
      FolderLoader loader, Cares cares, Endpoint endpoint, Draining draining, InstantSource clock) {
    this.loader = loader;
    this.cares = cares;
    this.endpoint = endpoint;
    this.draining = draining;
    this.clock = clock;
    thread.setDaemon(true);
  }

  void start() {
    watch = watch(loader.path());
    thread.start();
    cares.feed().ifPresent(DenialCare::start);
  }

  /** Where the system tells nobody about changes, the folder is looked at every few seconds. */
  private static @Nullable WatchService watch(Path folder) {
    WatchService watch = null;
    try {
      watch = folder.getFileSystem().newWatchService();
      folder.register(
          watch,
          StandardWatchEventKinds.ENTRY_CREATE,
          StandardWatchEventKinds.ENTRY_MODIFY,
          StandardWatchEventKinds.ENTRY_DELETE);
      return watch;
    } catch (IOException | UnsupportedOperationException e) {
      closeQuietly(watch);
      return null;
    }
  }

  private static void closeQuietly(@Nullable WatchService watch) {
    if (watch != null) {
      try {
        watch.close();
      } catch (IOException e) {
        // it is of no use any more
      }
    }
  }

  private void run() {
    while (!closed) {
      try {
        waitForNews();
        round();
      } catch (InterruptedException | ClosedWatchServiceException e) {
        return;
      } catch (RuntimeException e) {
        endpoint
            .listener()
            .trouble(
                "The upkeep of "
                    + loader.path()
                    + " failed, and goes on: "
                    + e
                    + ". What was loaded last stays in use.");
      }
    }
  }

  private void waitForNews() throws InterruptedException {
    if (watch == null) {
      TimeUnit.SECONDS.sleep(LOOK_SECONDS);
      return;
    }
    WatchKey key = watch.poll(LOOK_SECONDS, TimeUnit.SECONDS);
    if (key != null) {
      key.pollEvents();
      key.reset();
    }
  }

  /** Does what it is time for; what does not work is told, and tried again in a later round. */
  void round() {
    working.lock();
    try {
      if (closed) {
        return;
      }
      look();
      cares.feed().ifPresent(DenialCare::catchUp);
      cares.authority().ifPresent(ContactCare::round);
      cares.folder().ifPresent(this::keepFresh);
      draining.round(clock.instant());
      sayIfStale();
    } finally {
      working.unlock();
    }
  }

  private void look() {
    try {
      if (loader.reloadInto(endpoint)) {
        endpoint.tellLoaded();
      }
      saidOfFolder = Optional.empty();
    } catch (ClientException e) {
      Optional<String> what = Optional.of(String.valueOf(e.getMessage()));
      if (!what.equals(saidOfFolder)) {
        saidOfFolder = what;
        endpoint
            .listener()
            .trouble("What is new in the credential folder is not taken: " + e.getMessage());
      }
    }
  }

  private void sayIfStale() {
    boolean stale = endpoint.isStale();
    if (stale && !saidThatStale) {
      endpoint.listener().trouble(endpoint.saidOfStaleness());
    }
    saidThatStale = stale;
  }

  private void keepFresh(FolderCare keeper) {
    Credential present = endpoint.generation().credential();
    try {
      keeper.round(present, cares.news(endpoint.denials(), present));
    } catch (ClientException e) {
      endpoint.listener().trouble(String.valueOf(e.getMessage()));
    }
    look();
  }

  @Override
  public void close() {
    closed = true;
    cares.feed().ifPresent(DenialCare::close);
    if (watch == null) {
      thread.interrupt();
    }
    closeQuietly(watch);
    try {
      // Not interrupted while it writes: the next one would have to clear away after it
      thread.join(TimeUnit.SECONDS.toMillis(LONGEST_END_SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
