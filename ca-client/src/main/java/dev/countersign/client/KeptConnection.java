package dev.countersign.client;

import dev.countersign.client.PathCheck.BrokenPathException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the authority of a credential, made anew when that changes. Not for use by
 * several threads.
 */
final class KeptConnection {
  private final Supplier<Holder> holder;
  private final Patience patience;
  private final InstantSource clock;
  private @Nullable Credential connected;
  private @Nullable CaConnection connection;
  private boolean shown;

  KeptConnection(Supplier<Holder> holder, Patience patience, InstantSource clock) {
    this.holder = holder;
    this.patience = patience;
    this.clock = clock;
  }

  Holder holder() {
    return holder.get();
  }

  CaConnection to(Holder present) {
    CaConnection kept = connection;
    if (kept == null || !present.credential().equals(connected)) {
      Optional<TlsIdentity> identity = identity(present);
      kept = CaConnection.trusting(present.credential(), identity, patience, clock);
      connection = kept;
      connected = present.credential();
      shown = identity.isPresent();
    }
    return kept;
  }

  /** Whether the certificate is shown in the handshake. */
  boolean isShown() {
    return shown;
  }

  /** Servers' certificates and expired ones would be refused by TLS. */
  private Optional<TlsIdentity> identity(Holder present) {
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
