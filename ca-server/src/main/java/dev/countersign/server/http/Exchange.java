package dev.countersign.server.http;

import io.javalin.http.Context;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An answer that comes later, and a peer that may give up before. Whichever is first wins: an
 * answer is written while the request is certainly still this one, or not at all.
 */
final class Exchange implements AsyncListener {
  private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);
  // For a write to a peer that does not read; its own time-out ends it long before
  private static final long PATIENCE_SECONDS = 60;

  private final ReentrantLock turn = new ReentrantLock();
  private final CompletableFuture<Void> written = new CompletableFuture<>();
  private final Context ctx;
  private boolean over;

  private Exchange(Context ctx) {
    this.ctx = ctx;
  }

  /** To be called when the request is asynchronous already. */
  static Exchange watching(Context ctx) {
    Exchange exchange = new Exchange(ctx);
    ctx.req().getAsyncContext().addListener(exchange);
    return exchange;
  }

  /** Completes, on the thread that answers, when the answer is in the context. */
  CompletableFuture<Void> written() {
    return written;
  }

  void answer(Call call) {
    turn.lock();
    try {
      if (over) {
        LOG.debug("The peer gave up {} {} before its answer", call.method(), call.path());
        return;
      }
      over = true;
      call.writeTo(ctx);
      written.complete(null); // sends it
    } finally {
      turn.unlock();
    }
  }

  private void giveUp() {
    boolean mine = false;
    try {
      mine = turn.tryLock(PATIENCE_SECONDS, TimeUnit.SECONDS);
      over = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (mine) {
        turn.unlock();
      }
    }
  }

  @Override
  public void onComplete(AsyncEvent event) {
    giveUp();
  }

  @Override
  public void onTimeout(AsyncEvent event) {
    giveUp();
  }

  @Override
  public void onError(AsyncEvent event) {
    giveUp();
  }

  @Override
  public void onStartAsync(AsyncEvent event) {
    event.getAsyncContext().addListener(this);
  }
}
