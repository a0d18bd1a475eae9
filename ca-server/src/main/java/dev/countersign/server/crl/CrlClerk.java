package dev.countersign.server.crl;

import dev.countersign.server.revocation.RevocationListener;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has CRLs made in time: at once after a revocation, and when they are due. Revocations that come
 * while a list is being made share the next one; what fails is tried again a second later.
 */
public final class CrlClerk implements RevocationListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CrlClerk.class);
  private static final Duration ROUND = Duration.ofSeconds(1);

  private final CrlPublisher publisher;
  private final Set<String> changed = ConcurrentHashMap.newKeySet();
  private volatile Optional<ScheduledFuture<?>> rounds = Optional.empty();
  private final ScheduledExecutorService desk =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "countersign-crl");
            thread.setDaemon(true);
            return thread;
          });

  public CrlClerk(CrlPublisher publisher) {
    this.publisher = publisher;
  }

  /** Makes what is due before it returns, so that a server that says it is ready has its lists. */
  public void start() {
    publisher.publishDue();
    rounds =
        Optional.of(
            desk.scheduleWithFixedDelay(
                this::round, ROUND.toMillis(), ROUND.toMillis(), TimeUnit.MILLISECONDS));
  }

  @Override
  public void revoked(Set<String> issuers) {
    changed.addAll(issuers);
    if (!desk.isShutdown()) {
      desk.execute(this::round);
    }
  }

  private void round() {
    for (String issuer : Set.copyOf(changed)) {
      changed.remove(issuer); // before reading: a revocation from now on counts anew
      try {
        publisher.publishNow(issuer);
      } catch (RuntimeException e) {
        changed.add(issuer);
        LOG.error("The CRL of {} could not be made; the next attempt follows", issuer, e);
      }
    }
    try {
      publisher.publishDue();
    } catch (RuntimeException e) {
      LOG.error("A CRL that is due could not be made; the next attempt follows", e);
    }
  }

  @Override
  public void close() {
    rounds.ifPresent(future -> future.cancel(false));
    desk.shutdown(); // not interrupted: the embedded database does not survive that
    try {
      if (!desk.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.warn("A CRL was still being made when the server stopped");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
