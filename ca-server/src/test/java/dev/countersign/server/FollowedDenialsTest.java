package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.countersign.client.ClientException;
import dev.countersign.client.CredentialFolder;
import dev.countersign.client.DenialFeed;
import dev.countersign.client.DenialState;
import dev.countersign.client.Enrollment;
import dev.countersign.client.Notices;
import dev.countersign.pki.RevocationReason;
import dev.countersign.server.identity.NewIdentity;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The client's reader of the feed at the real server. */
@ExtendWith(World.Shared.class)
class FollowedDenialsTest {
  @TempDir Path temp;

  private dev.countersign.client.Credential enrolled(World world, String name) {
    world
        .server
        .wiring()
        .identities
        .add(
            new NewIdentity(
                name, "peer", Optional.empty(), Optional.empty(), World.dns(name + ".internal")),
            TestServer.BEHIND_THE_DOORS);
    return new Enrollment(world.server.clock, new SecureRandom(), Notices.NONE)
        .enroll(
            world.server.string(name),
            CredentialFolder.at(temp.resolve(name)),
            Enrollment.Options.USUAL)
        .credential();
  }

  @Test
  void whoever_follows_hears_of_a_revocation_without_asking_again(World world) {
    dev.countersign.client.Credential own = enrolled(world, world.name("follower"));
    Credential peer = world.fresh("thrown-out");
    List<ClientException> failures = new CopyOnWriteArrayList<>();
    DenialFeed.Listener listener =
        new DenialFeed.Listener() {
          @Override
          public void heard(DenialState state, boolean changed) {}

          @Override
          public void failed(ClientException failure) {
            failures.add(failure);
          }
        };
    try (DenialFeed feed =
        DenialFeed.follow(() -> own, listener, world.server.clock, new SecureRandom())) {
      await().atMost(Duration.ofSeconds(60)).until(() -> feed.known().isPresent());
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> world.server.wiring().news.polls().waiting() > 0);
      assertThat(feed.known().orElseThrow().against(peer.chain())).isEmpty();
      TestClient.Answer revoked =
          world
              .asOperator()
              .post(
                  "/v1/certificates/" + peer.serial() + "/revoke",
                  "{\"reason\":\"keyCompromise\"}");
      ContractCases.ok(revoked, 200);
      await()
          .atMost(Duration.ofSeconds(20)) // less than the wait that it asks for
          .until(() -> feed.known().orElseThrow().against(peer.chain()).isPresent());
      assertThat(feed.known().orElseThrow().against(peer.chain()))
          .contains(RevocationReason.KEY_COMPROMISE);
      String unaware =
          "/v1/checkins?identity="
              + own.info().identity()
              + "&below="
              + revoked.json().path("denials").asLong();
      await()
          .atMost(Duration.ofSeconds(20)) // its next question says so
          .until(() -> world.asOperator().get(unaware).json().path("items").isEmpty());
      assertThat(failures).isEmpty();
    }
  }
}
