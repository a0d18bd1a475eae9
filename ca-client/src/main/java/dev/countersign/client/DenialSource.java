package dev.countersign.client;

import dev.countersign.client.PathCheck.BrokenPathException;
import dev.countersign.pki.Certificate;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The authority of a credential, over one connection that is kept. */
final class DenialSource implements DenialFeed.Source {
  // Longer than the wait that is asked for; a page has 115 kB at the most
  private static final Patience PATIENCE =
      new Patience(Duration.ofSeconds(10), Duration.ofSeconds(35), 256 << 10);

  private final Supplier<Credential> credential;
  private final InstantSource clock;
  private final SecureRandom random;
  private @Nullable Credential connected;
  private @Nullable CaConnection connection;

  DenialSource(Supplier<Credential> credential, InstantSource clock, SecureRandom random) {
    this.credential = credential;
    this.clock = clock;
    this.random = random;
  }

  @Override
  public byte[] get(String query) {
    Credential present = credential.get();
    CaConnection kept = connection;
    if (kept == null || !present.equals(connected)) {
      kept = CaConnection.trusting(present, identity(present), PATIENCE, clock);
      connection = kept;
      connected = present;
    }
    CaConnection open = kept;
    return present
        .info()
        .endpoints()
        .ask(
            base ->
                open.get(Endpoints.resolve(base, "/v1/denials" + query), "application/jose+json")
                    .jws(),
            new Retries(PATIENCE, random, Notices.NONE));
  }

  @Override
  public List<Certificate> roots() {
    return credential.get().roots();
  }

  /** Servers' certificates and expired ones are refused by TLS, and all are told all the same. */
  private Optional<TlsIdentity> identity(Credential present) {
    try {
      boolean forClients = PathCheck.usages(present.certificate()).contains(PathCheck.CLIENT_AUTH);
      return forClients && !present.isExpired(clock.instant())
          ? Optional.of(new TlsIdentity(present.privateKey(), present.fullChain()))
          : Optional.empty();
    } catch (BrokenPathException e) {
      return Optional.empty();
    }
  }
}
