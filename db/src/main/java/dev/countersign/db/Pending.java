package dev.countersign.db;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * A unit that waits for its verdict. Only the committing thread touches result and failure, until
 * it hands the unit over to be answered.
 */
class Pending<T> implements Work {

  private final WriteUnit<T> unit;
  private final CompletableFuture<T> future = new CompletableFuture<>();
  private final boolean waitedFor;
  private @Nullable T result;
  private @Nullable Throwable failure;

  /**
   * @param waitedFor by a thread that does nothing else, and nothing hangs on the future: then the
   *     committing thread completes it
   */
  Pending(WriteUnit<T> unit, boolean waitedFor) {
    this.unit = unit;
    this.waitedFor = waitedFor;
  }

  boolean isWaitedFor() {
    return waitedFor;
  }

  CompletableFuture<T> future() {
    return future;
  }

  @Override
  public boolean run(Handle handle) {
    succeeded(unit.run(handle));
    return true;
  }

  @Override
  public List<? extends Work> parts() {
    return List.of(this);
  }

  final void succeeded(@Nullable T with) {
    failure = null;
    result = with;
  }

  @Override
  public void failed(Throwable thrown) {
    result = null;
    failure = thrown;
  }

  /** Once, when the committing thread is done with it. */
  void answer() {
    if (failure != null) {
      future.completeExceptionally(failure);
    } else {
      future.complete(result);
    }
  }
}
