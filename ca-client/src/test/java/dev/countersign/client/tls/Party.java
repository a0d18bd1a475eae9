package dev.countersign.client.tls;

import dev.countersign.client.Credential;
import dev.countersign.client.CredentialFolder;
import dev.countersign.client.UnsyncedFolder;
import dev.countersign.client.testing.TestAuthority;
import java.io.Closeable;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A service with a credential and a {@link MutualTls} over it, and what that has told. */
final class Party implements Closeable {
  final TestAuthority authority;
  final CredentialFolder folder;
  final MutualTls tls;
  final List<PeerRefused> refused = new CopyOnWriteArrayList<>();
  private final BlockingQueue<PeerRefused> coming = new LinkedBlockingQueue<>();
  final List<Object> cutOff = new CopyOnWriteArrayList<>();
  final List<String> troubles = new CopyOnWriteArrayList<>();
  final BlockingQueue<MutualTls.Status> loaded = new LinkedBlockingQueue<>();

  private Party(
      TestAuthority authority, CredentialFolder folder, UnaryOperator<MutualTlsBuilder> settings) {
    this.authority = authority;
    this.folder = folder;
    MutualTlsBuilder builder =
        new MutualTlsBuilder(folder)
            .clock(authority.clock())
            .listener(
                new MutualTlsListener() {
                  @Override
                  public void refused(PeerRefused why) {
                    refused.add(why);
                    coming.add(why);
                  }

                  @Override
                  public void cutOff(Object connection, PeerRefused why) {
                    cutOff.add(connection);
                  }

                  @Override
                  public void trouble(String what) {
                    troubles.add(what);
                  }

                  @Override
                  public void loaded(MutualTls.Status status) {
                    loaded.add(status);
                  }
                });
    this.tls = settings.apply(builder).open();
  }

  static Party enrolled(TestAuthority authority, Path all, String identity, String... hosts) {
    CredentialFolder folder = UnsyncedFolder.at(all.resolve(identity));
    authority.issue(folder, identity, hosts);
    return of(authority, folder, builder -> builder);
  }

  /** Over a folder that has a credential already. */
  static Party of(
      TestAuthority authority, CredentialFolder folder, UnaryOperator<MutualTlsBuilder> settings) {
    return new Party(authority, folder, builder -> settings.apply(builder.keptUpByHand()));
  }

  /** The same, which keeps itself up. */
  static Party inBackground(TestAuthority authority, CredentialFolder folder) {
    return new Party(authority, folder, builder -> builder);
  }

  Credential credential() {
    return folder.read();
  }

  List<PeerRefused.Reason> reasons() {
    return refused.stream().map(PeerRefused::reason).toList();
  }

  /** The next one, which may come only after the other side has given up. */
  PeerRefused awaitRefusal() throws InterruptedException {
    return Objects.requireNonNull(coming.poll(30, TimeUnit.SECONDS), "nobody was refused");
  }

  /** The same, passing over what others may have against this party. */
  PeerRefused awaitOwnRefusal() throws InterruptedException {
    PeerRefused next = awaitRefusal();
    while (next.side() == PeerRefused.Side.THEIRS) {
      next = awaitRefusal();
    }
    return next;
  }

  void forget() {
    refused.clear();
    coming.clear();
    cutOff.clear();
  }

  /** Fetches what the authority has to say, and loads it. */
  void update() {
    authority.update(folder);
    tls.reload();
  }

  @Override
  public void close() {
    tls.close();
  }
}
