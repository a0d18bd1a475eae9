package dev.countersign.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Ten times the clients that a server has threads for ask it all at once, over a connection each,
 * and it has 256 MB: who cannot be served is told when to come back, and all get what they want.
 */
@ExtendWith(Sites.Shared.class)
class OverloadTest {
  private static final int CLIENTS = Integer.getInteger("countersign.clients", 160);

  @Test
  void who_is_too_many_is_told_when_to_come_back_and_nothing_is_lost(Sites sites) throws Exception {
    Site site = sites.fresh();
    try (Daemon daemon = site.serve()) {
      Site.add(site.admin(), "crowd");
      Direct admin = new Direct(site, "admin");
      try (Load load = new Load(admin, List.of(daemon.https()), "crowd", CLIENTS)) {
        load.awaitMore(2 * CLIENTS);
        for (String path : List.of("/healthz", "/readyz", "/metrics")) {
          assertThat(admin.get(daemon.management().resolve(path)).status()).isEqualTo(200);
        }
        load.finish();
        assertThat(load.refusals())
            .allSatisfy(
                answer -> {
                  assertThat(answer.status()).as("%s", answer).isIn(429, 503);
                  assertThat(answer.retryAfter()).as("%s", answer).isPresent();
                });
        load.givesTheSameAgain();
        assertThat(daemon.log()).doesNotContain("OutOfMemoryError", "incident");
        daemon.close();
        load.isWhatIsRecorded(site.storedSerials("crowd"), site.storedEvents("crowd"));
      }
    }
  }
}
