package dev.countersign.server.crl;

import dev.countersign.server.lease.Lease;
import dev.countersign.server.revocation.RevocationListener;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has CRLs made in time, and those of other nodes seen within a second: at once after a revocation,
 * and when they are due. It remembers nothing: which lists are owed is asked of the database twice
 * a second, and a revocation only makes it ask at once. Revocations that come while a list is being
 * made, or shortly after, share the next one: a long list costs much, however few are new. Where
 * several nodes run, those that are made because it is time are made by one of them.
 */
public final class CrlClerk implements RevocationListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CrlClerk.class);
  private static final Duration ROUND = Duration.ofMillis(500);
  private static final Duration REST = Duration.ofMillis(250);

  private final CrlPublisher publisher;
  private final Lease lease;
  private final Rest rest;
  private final AtomicBoolean called = new AtomicBoolean();
  private boolean resting; // of the desk's thread
  private volatile String complaint = "";
  private volatile Optional<ScheduledFuture<?>> rounds = Optional.empty();
  private final ScheduledExecutorService desk =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "countersign-crl");
            thread.setDaemon(true);
            return thread;
          });

  /** How long no list is made after one was. */
  interface Rest {
    void then(ScheduledExecutorService desk, Runnable rested);
  }

  /**
   * @param lease of what one node makes for all
   */
  public CrlClerk(CrlPublisher publisher, Lease lease) {
    this(
        publisher,
        lease,
        (desk, rested) -> desk.schedule(rested, REST.toMillis(), TimeUnit.MILLISECONDS));
  }

  CrlClerk(CrlPublisher publisher, Lease lease, Rest rest) {
    this.publisher = publisher;
    this.lease = lease;
    this.rest = rest;
  }

  /** Makes what is due before it returns, so that a server that says it is ready has its lists. */
  public void start() {
    publisher.publishDue(lease);
    rounds =
        Optional.of(
            desk.scheduleWithFixedDelay(
                this::round, ROUND.toMillis(), ROUND.toMillis(), TimeUnit.MILLISECONDS));
  }

  @Override
  public void revoked(Set<String> issuers) {
    if (!desk.isShutdown() && called.compareAndSet(false, true)) {
      desk.execute(this::answerCall);
    }
  }

  private void answerCall() {
    if (called.get() && !resting) {
      round();
      resting = true;
      if (!desk.isShutdown()) {
        rest.then(desk, this::rested);
      }
    }
  }

  private void rested() {
    resting = false;
    answerCall();
  }

  private void round() {
    called.set(false); // before reading: whoever revokes from now on calls anew
    try {
      publisher.publishDue(lease);
      complaint = "";
    } catch (RuntimeException e) {
      complain(e);
    }
  }

  /** Twice a second, so the same is said once. */
  private void complain(RuntimeException e) {
    String again = String.valueOf(e);
    if (!again.equals(complaint)) {
      LOG.error("A CRL that is due could not be made; it is tried again and again", e);
      complaint = again;
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
