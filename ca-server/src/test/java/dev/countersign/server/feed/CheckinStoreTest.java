package dev.countersign.server.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.db.Dialect;
import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.db.testing.TestDatabase;
import dev.countersign.server.paging.Page;
import java.time.Instant;
import java.util.Optional;

class CheckinStoreTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  /** Whoever waits until all have heard asks this again and again, while nobody is left. */
  @OnEveryEngine(Dialect.H2)
  void of_those_who_are_connected_no_certificate_of_others_is_read(TestDatabase test) {
    CheckinStore.Wanted connected =
        new CheckinStore.Wanted(7, Optional.of(NOW.minusSeconds(180)), Optional.empty());
    String plan =
        test.database()
            .read(
                handle ->
                    CheckinStore.query(
                            handle, "explain ", Dialect.H2, connected, NOW, NOW, Page.first(10))
                        .mapTo(String.class)
                        .one());
    assertThat(plan).containsSubsequence("checkin_seen_at", "INNER JOIN", "serial =");
    assertThat(plan).doesNotContain("tableScan");
  }
}
