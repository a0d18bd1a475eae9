package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.countersign.client.ClientException;
import dev.countersign.client.CredentialFolder;
import dev.countersign.client.DenialFeed;
import dev.countersign.client.DenialState;
import dev.countersign.client.Enrollment;
import dev.countersign.client.Notices;
import dev.countersign.client.tls.MutualTls;
import dev.countersign.client.tls.MutualTlsListener;
import dev.countersign.client.tls.PeerRefused;
import dev.countersign.pki.RevocationReason;
import dev.countersign.server.identity.NewIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The client's reader of the feed at the real server. */
@ExtendWith(World.Shared.class)
class FollowedDenialsTest {
  @TempDir Path temp;

  private dev.countersign.client.Credential enrolled(World world, String name) {
    return enrolled(world, name, CredentialFolder.at(temp.resolve(name)));
  }

  private static dev.countersign.client.Credential enrolled(
      World world, String name, CredentialFolder folder) {
    world
        .server
        .wiring()
        .identities
        .add(
            new NewIdentity(
                name, "peer", Optional.empty(), Optional.empty(), World.dns(name + ".internal")),
            TestServer.BEHIND_THE_DOORS);
    return new Enrollment(world.server.clock, new SecureRandom(), Notices.NONE)
        .enroll(world.server.string(name), folder, Enrollment.Options.USUAL)
        .credential();
  }

  @Test
  void a_service_cuts_an_open_connection_when_its_peer_is_revoked(World world) throws Exception {
    CredentialFolder serving = CredentialFolder.at(temp.resolve("serving"));
    CredentialFolder calling = CredentialFolder.at(temp.resolve("calling"));
    String server = world.name("serving");
    String client = world.name("calling");
    enrolled(world, server, serving);
    dev.countersign.client.Credential peer = enrolled(world, client, calling);
    CountDownLatch cut = new CountDownLatch(1);
    try (MutualTls tls = open(world, serving, cut::countDown);
        MutualTls caller = open(world, calling, () -> {});
        ServerSocket door =
            tls.serverSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      tls.accept(peers -> peers.identities(client));
      caller.accept(peers -> peers.identities(server).atAnyHost());
      await().atMost(Duration.ofSeconds(60)).until(() -> isFollowing(tls) && isFollowing(caller));
      CompletableFuture<Integer> heard = CompletableFuture.supplyAsync(() -> firstTwo(door));
      try (Socket connection =
          caller.socketFactory().createSocket(door.getInetAddress(), door.getLocalPort())) {
        connection.getOutputStream().write(1);
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> world.server.wiring().news.polls().waiting() > 1);
        TestClient.Answer revoked =
            world
                .asOperator()
                .post(
                    "/v1/certificates/" + peer.certificate().serial() + "/revoke",
                    "{\"reason\":\"keyCompromise\"}");
        ContractCases.ok(revoked, 200);
        // Less than the wait that it asks for
        assertThat(cut.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(heard.join()).as("nothing after the first byte").isEqualTo(-1);
        assertThat(tls.status().denials())
            .isGreaterThanOrEqualTo(revoked.json().path("denials").asLong());
      }
    }
  }

  private static boolean isFollowing(MutualTls tls) {
    return tls.status().denials() > 0;
  }

  private static MutualTls open(World world, CredentialFolder folder, Runnable onCut) {
    return MutualTls.builder(folder.path())
        .clock(world.server.clock)
        .listener(
            new MutualTlsListener() {
              @Override
              public void cutOff(Object connection, PeerRefused why) {
                onCut.run();
              }
            })
        .open();
  }

  /** What comes after the first byte. */
  private static int firstTwo(ServerSocket door) {
    try (Socket accepted = door.accept()) {
      assertThat(accepted.getInputStream().read()).isEqualTo(1);
      return accepted.getInputStream().read();
    } catch (IOException e) {
      return -1;
    }
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
