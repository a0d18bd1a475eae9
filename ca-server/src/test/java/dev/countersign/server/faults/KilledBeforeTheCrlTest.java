package dev.countersign.server.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.countersign.client.Answers;
import dev.countersign.client.OperatorApi;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.faults.Debugger.Place;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The authority is killed after it has answered a revocation and a release, and before it has made
 * the CRL: what was promised is in the list of the server that is started next.
 */
@ExtendWith(Sites.Shared.class)
class KilledBeforeTheCrlTest {
  private static final Place MAKING =
      new Place(
          "dev.countersign.server.crl.CrlPublisher", "publishDue", "countersign-crl"); // its thread

  @Test
  void the_next_server_has_the_list_when_it_is_ready(Sites sites) throws Exception {
    Site site = sites.fresh();
    Debugger debugger = Debugger.listen();
    Daemon.Launched launched = Daemon.launch(site.directory(), List.of(debugger.option()));
    Debugger.Session session = debugger.attach();
    Daemon killed = launched.ready();
    OperatorApi admin = site.admin();
    Site.add(admin, "orders");
    String revoked = admin.issueCertificate(Site.request("orders"), "revoked").serial();
    String released = admin.issueCertificate(Site.request("orders"), "released").serial();
    revoke(admin, released, "certificateHold");
    await().atMost(Duration.ofSeconds(30)).until(() -> lists(new Relying(killed.http()), released));

    session.stopAt(List.of(MAKING));
    session.awaitStopped(1);
    revoke(admin, revoked, "keyCompromise");
    admin.releaseCertificate(released);
    assertThat(lists(new Relying(killed.http()), revoked)).isFalse();
    killed.kill();

    try (Daemon next = site.serve()) {
      Relying relying = new Relying(next.http());
      assertThat(lists(relying, revoked)).as("the revoked is in the list").isTrue();
      assertThat(lists(relying, released)).as("the released is in the list").isFalse();
    }
  }

  private static void revoke(OperatorApi admin, String serial, String reason) {
    admin.revokeCertificate(serial, new Answers.RevokeRequest(reason, Optional.empty()));
  }

  private static boolean lists(Relying relying, String serial) throws Exception {
    return relying.crl("issuing-1").getRevokedCertificate(SerialNumber.parse(serial).toBigInteger())
        != null;
  }
}
