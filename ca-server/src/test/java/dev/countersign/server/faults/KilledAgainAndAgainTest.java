package dev.countersign.server.faults;

import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The only server is killed at whatever moment, with requests at every step, and started again on
 * what it left, time after time. {@code -Dcountersign.kills=20} kills it more often.
 */
@ExtendWith(Sites.Shared.class)
class KilledAgainAndAgainTest {
  private static final int KILLS = Integer.getInteger("countersign.kills", 2);
  private static final int MOST_BETWEEN = 60;
  private static final int A_COMMIT_NANOS = 5_000_000;

  @Test
  void nothing_received_is_lost_and_nothing_is_made_twice(Sites sites) throws Exception {
    Site site = sites.fresh();
    Daemon daemon = site.serve();
    Site.add(site.admin(), "killed");
    try (Load load = new Load(new Direct(site, "admin"), List.of(daemon.https()), "killed")) {
      for (int kill = 0; kill < KILLS; kill++) {
        load.awaitMore(1 + Site.RANDOM.nextInt(MOST_BETWEEN));
        LockSupport.parkNanos(Site.RANDOM.nextInt(A_COMMIT_NANOS));
        daemon.kill();
        daemon = site.serve();
      }
      load.awaitMore(1).finish();
      load.givesTheSameAgain();
      daemon.close();
      load.isWhatIsRecorded(site.storedSerials("killed"), site.storedEvents("killed"));
    } finally {
      daemon.close();
    }
  }
}
