package dev.countersign.stacks;

import dev.countersign.client.CredentialFolder;
import dev.countersign.client.Notices;
import dev.countersign.client.Patience;
import dev.countersign.client.Renewal;
import dev.countersign.client.testing.TestAuthority;
import dev.countersign.client.tls.MutualTls;
import dev.countersign.client.tls.MutualTlsListener;
import dev.countersign.client.tls.PeerRefused;
import dev.countersign.client.tls.Peers;
import dev.countersign.pki.Certificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A service, with the credential of its folder, or a new one if there is none. */
final class Party implements AutoCloseable {
  final MutualTls tls;
  final List<Object> cutOff = new CopyOnWriteArrayList<>();
  final BlockingQueue<PeerRefused> refused = new LinkedBlockingQueue<>();
  private final TestAuthority authority;
  private final CredentialFolder folder;
  private Optional<Certificate> denied = Optional.empty();

  Party(TestAuthority authority, Path folders, String identity) {
    this.authority = authority;
    this.folder = CredentialFolder.at(folders.resolve(identity));
    if (Files.exists(folder.path())) {
      authority.update(folder);
    } else {
      authority.issue(folder, identity);
    }
    tls =
        MutualTls.builder(folder.path())
            .clock(authority.clock())
            .keptUpByHand()
            .listener(
                new MutualTlsListener() {
                  @Override
                  public void refused(PeerRefused why) {
                    if (why.side() == PeerRefused.Side.OURS) {
                      refused.add(why);
                    }
                  }

                  @Override
                  public void cutOff(Object connection, PeerRefused why) {
                    cutOff.add(connection);
                  }
                })
            .open();
    tls.accept(Peers::everyone);
  }

  /** In hexadecimal. */
  String serial() {
    return tls.status().serial().toBigInteger().toString(16);
  }

  void renew() {
    new Renewal(authority.clock(), new SecureRandom(), Notices.NONE)
        .renew(
            folder,
            new Renewal.Options(
                true, false, Optional.empty(), Renewal.Proof.SIGNED_REQUEST, Patience.DEFAULT));
    tls.reload();
  }

  /** Until it is closed, so that the credential serves the next test too. */
  void deny() {
    Certificate certificate = folder.read().certificate();
    authority.hold(certificate);
    denied = Optional.of(certificate);
  }

  void learn() {
    authority.update(folder);
    tls.reload();
  }

  PeerRefused awaitRefusal() throws InterruptedException {
    PeerRefused next = refused.poll(60, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("nobody was refused");
    }
    return next;
  }

  @Override
  public void close() {
    tls.close();
    denied.ifPresent(authority::release);
  }
}
