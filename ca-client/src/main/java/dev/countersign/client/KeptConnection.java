package dev.countersign.client;

import dev.countersign.client.PathCheck.BrokenPathException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What connects to the authority of a credential, made anew when that changes. */
final class KeptConnection {
  private final Supplier<Holder> holder;
  private final Patience patience;
  private final InstantSource clock;
  private final boolean shows;
  private @Nullable Kept kept;

  /**
   * A connection.
   *
   * @param shown whether the certificate is shown in the handshake
   */
  record Kept(Credential credential, CaConnection connection, boolean shown) {}

  /**
   * @param shows whether the certificate is shown where it can be
   */
  KeptConnection(Supplier<Holder> holder, Patience patience, InstantSource clock, boolean shows) {
    this.holder = holder;
    this.patience = patience;
    this.clock = clock;
    this.shows = shows;
  }

  Holder holder() {
    return holder.get();
  }

  synchronized Kept to(Holder present) {
    Kept last = kept;
    if (last == null || !present.credential().equals(last.credential())) {
      Optional<TlsIdentity> identity = identity(present);
      last =
          new Kept(
              present.credential(),
              CaConnection.trusting(present.credential(), identity, patience, clock),
              identity.isPresent());
      kept = last;
    }
    return last;
  }

  /** Servers' certificates and expired ones would be refused by TLS. */
  private Optional<TlsIdentity> identity(Holder present) {
    if (!shows) {
      return Optional.empty();
    }
    Credential credential = present.credential();
    try {
      boolean forClients =
          PathCheck.usages(credential.certificate()).contains(PathCheck.CLIENT_AUTH);
      return forClients && !credential.isExpired(clock.instant())
          ? Optional.of(new TlsIdentity(present.key().get(), credential.fullChain()))
          : Optional.empty();
    } catch (BrokenPathException e) {
      return Optional.empty();
    }
  }
}
