package dev.countersign.server.crl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.db.Database;
import dev.countersign.db.DatabaseSettings;
import dev.countersign.db.Dialect;
import dev.countersign.db.testing.FaultProxy;
import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.db.testing.TestDatabase;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.authority.AuthorityRows;
import dev.countersign.server.authority.Hierarchy;
import dev.countersign.server.revocation.Revoked;
import dev.countersign.server.testing.InMemory;
import dev.countersign.server.testing.TestAuthority;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;

/** A network forgets the connections that a node has, and lets new ones through. */
class HangingConnectionTest {
  private static final InstantSource CLOCK = InstantSource.system();
  private static final SerialNumber SERIAL = SerialNumber.parse("1".repeat(40));

  private final Hierarchy hierarchy = InMemory.hierarchy(KeyAlgorithm.P256);

  @OnEveryEngine(Dialect.POSTGRESQL)
  void what_others_revoke_is_learned_over_a_new_one(TestDatabase test) throws Exception {
    AuthorityRows.foundOnce(test.database(), hierarchy, CLOCK.instant());
    String url = test.settings().url();
    int port = URI.create(url.substring("jdbc:".length())).getPort();
    try (FaultProxy proxy = new FaultProxy(port);
        Database database = through(test, url.replace(":" + port, ":" + proxy.port()));
        KnownDenials known =
            new KnownDenials(hierarchy, new Revoked(database), publisher(database), CLOCK)) {
      known.round();
      assertThat(known.areTrusted()).isTrue();

      proxy.hangOpen();
      SharedCrlWorkTest.deny(test.database(), SERIAL);
      known.round();
      assertThat(known.of("issuing-1", SERIAL)).isPresent();
      assertThat(known.isDatabaseAway()).isFalse();
    }
  }

  private static Database through(TestDatabase test, String url) {
    DatabaseSettings settings =
        new DatabaseSettings(url, test.settings().user(), test.settings().passwordFile());
    return Database.open(
        settings,
        (reason, cause) -> {
          throw new AssertionError(reason, cause);
        });
  }

  private CrlPublisher publisher(Database database) {
    CrlStore store = new CrlStore(database);
    return new CrlPublisher(
        hierarchy,
        new Revoked(database),
        store,
        Places.recorded(store, hierarchy, TestAuthority.URLS, TestAuthority.SHARDS),
        new CrlPublisher.Schedule(Duration.ofHours(1), Duration.ofHours(24)),
        CLOCK);
  }
}
