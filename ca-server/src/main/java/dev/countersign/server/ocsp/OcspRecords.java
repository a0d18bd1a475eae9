package dev.countersign.server.ocsp;

import dev.countersign.pki.SerialNumber;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.authority.RevokedAuthorities;
import dev.countersign.server.authority.RevokedAuthority;
import dev.countersign.server.revocation.Status;
import dev.countersign.server.revocation.Statuses;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What only the database knows, asked for on threads that may wait for it, and not for long. */
public final class OcspRecords {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Statuses statuses;
  private final RevokedAuthorities revokedCas;
  private final Executor workers;

  public OcspRecords(Statuses statuses, RevokedAuthorities revokedCas, Executor workers) {
    this.statuses = statuses;
    this.revokedCas = revokedCas;
    this.workers = workers;
  }

  CompletableFuture<Map<SerialNumber, Status>> statuses(
      Authority issuer, Set<SerialNumber> serials) {
    return ask(() -> statuses.of(issuer.name(), serials));
  }

  CompletableFuture<List<RevokedAuthority>> revokedBy(Authority root) {
    return ask(() -> revokedCas.of(root));
  }

  private <T> CompletableFuture<T> ask(Supplier<T> question) {
    return CompletableFuture.supplyAsync(question, workers)
        .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }
}
