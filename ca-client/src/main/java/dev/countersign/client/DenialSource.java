package dev.countersign.client;

import dev.countersign.pki.Certificate;
import java.security.SecureRandom;
import java.util.List;

/** The authority of a credential, over one connection that is kept. */
final class DenialSource implements DenialFeed.Source {
  private final KeptConnection connection;
  private final SecureRandom random;

  DenialSource(KeptConnection connection, SecureRandom random) {
    this.connection = connection;
    this.random = random;
  }

  @Override
  public byte[] get(String query) {
    Holder present = connection.holder();
    CaConnection open = connection.to(present).connection();
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
