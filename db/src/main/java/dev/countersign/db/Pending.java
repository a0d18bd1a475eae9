package dev.countersign.db;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** A unit that waits for its verdict. Only the committing thread touches result and failure. */
class Pending<T> implements Work {

  private final WriteUnit<T> unit;
  private final CompletableFuture<T> future = new CompletableFuture<>();
  private final Executor completions;
  private @Nullable T result;
  private @Nullable Throwable failure;

  /**
   * @param completions runs what hangs on the future, never the committing thread: it may do
   *     anything, waiting for another write included
   */
  Pending(WriteUnit<T> unit, Executor completions) {
    this.unit = unit;
    this.completions = completions;
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

  void answer() {
    T done = result;
    Throwable thrown = failure;
    completions.execute(
        () -> {
          if (thrown != null) {
            future.completeExceptionally(thrown);
          } else {
            future.complete(done);
          }
        });
  }

  void answerWith(Throwable thrown) {
    failed(thrown);
    answer();
  }
}
