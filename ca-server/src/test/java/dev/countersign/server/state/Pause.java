package dev.countersign.server.state;

import dev.countersign.server.identity.Mandate;
import dev.countersign.server.issuance.Proof;
import dev.countersign.server.refusal.Refusal;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;

/** Holds a transaction in its middle, at what a proof or a mandate checks there. */
final class Pause implements AutoCloseable {
  private static final long MOST_SECONDS = 60;

  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);

  /** The certificate is written by then. */
  Proof inProof() {
    return new Paused(this, Optional.empty());
  }

  Proof inProofThatFails() {
    return new Paused(this, Optional.of(new Refusal(Refusal.Kind.CONFLICT, "Paused in vain.")));
  }

  /** The guard and the identity are locked by then. */
  Mandate inMandate() {
    return Desk.beforeCommit(this::here);
  }

  private record Paused(Pause pause, Optional<Refusal> failure) implements Proof {
    @Override
    public String kind() {
      return "system";
    }

    @Override
    public String id() {
      return "paused";
    }

    @Override
    public Optional<String> retryKey() {
      return Optional.empty();
    }

    @Override
    public void consume(Handle handle, Set<Object> held) {
      pause.here();
      failure.ifPresent(
          refusal -> {
            throw refusal;
          });
    }
  }

  private void here() {
    reached.countDown();
    waitFor(ended);
  }

  void awaitReached() {
    waitFor(reached);
  }

  void end() {
    ended.countDown();
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      if (!latch.await(MOST_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("nobody came in " + MOST_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    end();
  }
}
