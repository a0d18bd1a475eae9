package dev.countersign.client;

import dev.countersign.pki.Certificate;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;

/** The authority of a credential, over one connection that is kept. */
final class DenialSource implements DenialFeed.Source {
  // Longer than the wait that is asked for; a page has 115 kB at the most
  private static final Patience PATIENCE =
      new Patience(Duration.ofSeconds(10), Duration.ofSeconds(35), 256 << 10);

  private final KeptConnection connection;
  private final SecureRandom random;

  DenialSource(Supplier<Holder> holder, InstantSource clock, SecureRandom random) {
    this.connection = new KeptConnection(holder, PATIENCE, clock);
    this.random = random;
  }

  @Override
  public byte[] get(String query) {
    Holder present = connection.holder();
    CaConnection open = connection.to(present);
    return present
        .credential()
        .info()
        .endpoints()
        .ask(
            base ->
                open.get(Endpoints.resolve(base, "/v1/denials" + query), "application/jose+json")
                    .jws(),
            Retries.none(random));
  }

  @Override
  public List<Certificate> roots() {
    return connection.holder().credential().roots();
  }
}
