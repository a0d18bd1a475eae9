package dev.countersign.server.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.countersign.client.Answers;
import dev.countersign.client.Credential;
import dev.countersign.client.CredentialFolder;
import dev.countersign.client.Notices;
import dev.countersign.client.OperatorApi;
import dev.countersign.client.Patience;
import dev.countersign.client.TrustUpdate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Certificates name one shard of their issuer's list each. */
@ExtendWith(Sites.Shared.class)
class ShardedListsTest {
  @Test
  void a_service_learns_that_a_peer_of_another_shard_is_revoked(Sites sites) throws Exception {
    Site site = Sites.make(sites.bare(), "--crl-shards", "64");
    List<String> odd = new CopyOnWriteArrayList<>();
    Notices notices =
        new Notices() {
          @Override
          public void odd(String what) {
            odd.add(what);
          }
        };
    try (Daemon daemon = site.serve()) {
      OperatorApi admin = site.admin(daemon.https());
      Site.add(admin, "orders");
      Site.add(admin, "billing");
      CredentialFolder folder = site.folder("billing");
      Site.enroll(Site.string(admin, "billing"), folder);
      Credential peer = Site.enroll(Site.string(admin, "orders"), site.folder("orders"));
      admin.revokeIdentity("orders", new Answers.RevokeRequest("superseded", Optional.empty()));

      TrustUpdate update = new TrustUpdate(Site.CLOCK, Site.RANDOM, notices);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> update.update(folder, Patience.DEFAULT).crlsChanged());
      assertThat(folder.read().revocationLists().revoked(peer.fullChain())).isPresent();
      assertThat(odd).isEmpty();
    }
  }
}
