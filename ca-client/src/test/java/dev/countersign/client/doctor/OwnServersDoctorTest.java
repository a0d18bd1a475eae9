package dev.countersign.client.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.client.CredentialFolder;
import dev.countersign.client.UnsyncedFolder;
import dev.countersign.client.doctor.Clinic.Examination;
import dev.countersign.client.testing.TestAuthority;
import dev.countersign.client.tls.MutualTls;
import dev.countersign.client.tls.MutualTlsListener;
import dev.countersign.pki.testing.OwnThread;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server on {@code MutualTls}, which refuses without a word what it learns of late. */
class OwnServersDoctorTest {
  @TempDir static Path temp;

  @Test
  void it_refuses_who_is_denied_and_who_is_not_named() throws Exception {
    try (TestAuthority authority = TestAuthority.start()) {
      CredentialFolder web = enrolled(authority, "web");
      Path orders = enrolled(authority, "orders").path();
      Path stranger = enrolled(authority, "stranger").path();
      CredentialFolder canary = enrolled(authority, "canary");
      authority.revoke(canary.read().certificate());
      authority.update(canary);
      authority.update(web);
      try (MutualTls tls =
              MutualTls.builder(web.path())
                  .clock(authority.clock())
                  .listener(new MutualTlsListener() {})
                  .keptUpByHand()
                  .open();
          SSLServerSocket door =
              (SSLServerSocket)
                  tls.serverSocketFactory()
                      .createServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
        tls.accept(peers -> peers.identities("orders", "canary"));
        OwnThread.run(() -> accept(door));
        Diagnosis diagnosis =
            new Examination(door.getLocalPort())
                .when(authority.clock().instant())
                .as(orders)
                .with(web.path())
                .denied(canary.path())
                .stranger(stranger)
                .diagnosis();
        assertThat(diagnosis.handshake()).contains("this side's is accepted");
        assertThat(diagnosis.passed())
            .contains("denied-but-accepted", "not-allowed-but-accepted", "verification-off");
        assertThat(diagnosis.isIll()).as(diagnosis.toString()).isFalse();

        tls.accept(peers -> peers.identities("canary"));
        Ailment found =
            new Examination(door.getLocalPort())
                .when(authority.clock().instant())
                .as(orders)
                .finds("refused");
        assertThat(found.refuses()).contains(Party.SERVER);
        assertThat(found.mend()).contains("MutualTls.accept");
      }
    }
  }

  private static CredentialFolder enrolled(TestAuthority authority, String identity) {
    CredentialFolder folder = UnsyncedFolder.at(temp.resolve(identity));
    authority.issue(folder, identity);
    return folder;
  }

  private static void accept(SSLServerSocket door) {
    while (!door.isClosed()) {
      try {
        SSLSocket socket = (SSLSocket) door.accept();
        OwnThread.run(() -> serve(socket));
      } catch (IOException e) {
        // closed
      }
    }
  }

  private static void serve(SSLSocket socket) {
    try (socket) {
      while (socket.getInputStream().read() >= 0) {
        // whatever a client has to say
      }
    } catch (IOException e) {
      // it has gone, or was refused
    }
  }
}
