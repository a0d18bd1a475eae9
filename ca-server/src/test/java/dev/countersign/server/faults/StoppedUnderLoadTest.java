package dev.countersign.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.client.ClientException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The authority is stopped, and then killed, while many ask it; nobody holds what it has not. */
@ExtendWith(Sites.Shared.class)
class StoppedUnderLoadTest {
  private static final int ENOUGH = 100;
  private static final int TERMINATED = 128 + 15; // how a JVM ends that SIGTERM told to

  private final Map<String, String> certificates = new HashMap<>();

  @Test
  void what_was_received_is_on_record_and_what_was_not_can_be_had(Sites sites) throws Exception {
    Site site = sites.fresh();
    ExecutorService threads = Executors.newFixedThreadPool(Burst.CONNECTIONS);
    try {
      Daemon daemon = site.serve();
      Site.add(site.admin(), "loaded");
      Burst stopped = new Burst(Site.request("loaded"));
      List<Future<?>> sent = underLoad(site, stopped, threads, "stopped");
      daemon.terminate();
      Burst.finish(sent);
      assertThat(daemon.ended()).isEqualTo(TERMINATED);
      assertThat(daemon.log()).contains("Stopped").doesNotContain("Exception");
      onlyUnreachable(stopped);
      // None is on record whose answer was not given: what was accepted was finished
      holdsExactly(site, stopped.received);

      Daemon second = site.serve();
      getTheRest(site, stopped);
      Burst killed = new Burst(Site.request("loaded"));
      sent = underLoad(site, killed, threads, "killed");
      second.kill();
      Burst.finish(sent);
      onlyUnreachable(killed);
      List<String> stored = site.storedSerials("loaded");
      assertThat(stored).containsAll(certificates.values()).containsAll(killed.received.values());

      try (Daemon third = site.serve()) {
        getTheRest(site, killed);
        assertThat(third.log()).doesNotContain("Exception");
      }
      // Those that were on record without an answer are those that the retries got
      assertThat(certificates.values()).containsAll(stored);
      holdsExactly(site, Map.of());
    } finally {
      threads.shutdownNow();
    }
  }

  private static List<Future<?>> underLoad(
      Site site, Burst burst, ExecutorService threads, String prefix) throws Exception {
    CountDownLatch enough = new CountDownLatch(ENOUGH);
    List<Future<?>> sent = burst.sendUntilFailure(threads, site.admin(), prefix, enough);
    assertThat(enough.await(60, TimeUnit.SECONDS)).as("load").isTrue();
    return sent;
  }

  private static void onlyUnreachable(Burst burst) {
    assertThat(burst.failed.values())
        .hasSize(Burst.CONNECTIONS)
        .allSatisfy(e -> assertThat(isUnreachable(e)).as(e.getMessage()).isTrue());
  }

  /** No answer, or one that says to ask again. */
  private static boolean isUnreachable(ClientException e) {
    return e.kind() == ClientException.Kind.UNREACHABLE
        || e.kind() == ClientException.Kind.UNAVAILABLE;
  }

  private void getTheRest(Site site, Burst burst) {
    certificates.putAll(burst.received);
    certificates.putAll(burst.retried(site.admin()));
  }

  private void holdsExactly(Site site, Map<String, String> more) {
    Map<String, String> all = new HashMap<>(certificates);
    all.putAll(more);
    assertThat(site.storedSerials("loaded")).containsExactlyInAnyOrderElementsOf(all.values());
    assertThat(site.storedEvents("loaded")).containsExactlyInAnyOrderElementsOf(all.values());
  }
}
