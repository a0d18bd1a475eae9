package dev.countersign.server.http;

import io.javalin.http.Context;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.eclipse.jetty.ee10.servlet.HttpOutput;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request and its one answer, and a peer that may give up before. Whichever is first wins: an
 * answer is written while the request is certainly still this one, or not at all.
 *
 * <p>Who answers does not wait for the peer to read: the threads that answer serve everybody.
 */
final class Exchange implements AsyncListener, Callback {
  private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);
  private static final String BEGUN = "countersign.exchange";

  private final ReentrantLock turn = new ReentrantLock();
  private final CompletableFuture<Void> written = new CompletableFuture<>();
  private final Context ctx;
  private boolean answered;
  private boolean over;

  private Exchange(Context ctx) {
    this.ctx = ctx;
  }

  /**
   * Lets {@code work} answer, now or later and on any thread. Only once for each request: what goes
   * wrong after that is nothing that a caller could still be told.
   */
  static void begin(Context ctx, Consumer<Exchange> work) {
    if (ctx.attribute(BEGUN) != null) {
      return;
    }
    ctx.attribute(BEGUN, true);
    ctx.future(
        () -> {
          Exchange exchange = new Exchange(ctx);
          ctx.req().getAsyncContext().addListener(exchange);
          work.accept(exchange);
          return exchange.written;
        });
  }

  void answer(Call call) {
    turn.lock();
    try {
      if (answered || over) {
        LOG.debug("The peer gave up {} {} before its answer", call.method(), call.path());
        return;
      }
      answered = true;
      Content body = call.writeHead(ctx);
      if (body.length() == 0) {
        succeeded();
      } else {
        // What a servlet's stream writes waits for the peer; this does not
        send(body, (HttpOutput) ctx.res().getOutputStream());
      }
    } catch (IOException e) {
      failed(e);
    } catch (RuntimeException e) {
      LOG.error(
          "The answer to {} {} could not be written",
          call.method(),
          LogText.printable(call.path()),
          e);
      fallSilent();
    } finally {
      turn.unlock();
    }
  }

  /** Ends the request with what can still be said, which must not look like the answer. */
  private void fallSilent() {
    try {
      if (!ctx.res().isCommitted()) {
        ctx.res().reset();
        ctx.res().setStatus(HttpStatus.INTERNAL_SERVER_ERROR_500);
      }
    } catch (RuntimeException e) {
      LOG.debug("Nor could that be said", e);
    } finally {
      succeeded();
    }
  }

  private void send(Content body, HttpOutput output) {
    body.buffer()
        .ifPresentOrElse(
            buffer -> output.sendContent(buffer, this),
            () -> output.sendContent(body.stream(), this));
  }

  @Override
  public void succeeded() {
    turn.lock();
    try {
      if (!over) {
        written.complete(null);
      }
    } finally {
      turn.unlock();
    }
  }

  @Override
  public void failed(Throwable failure) {
    LOG.debug("The peer did not take its answer", failure);
    succeeded();
  }

  private void end() {
    turn.lock();
    try {
      over = true;
    } finally {
      turn.unlock();
    }
  }

  @Override
  public void onComplete(AsyncEvent event) {
    end();
  }

  @Override
  public void onTimeout(AsyncEvent event) {
    end();
  }

  @Override
  public void onError(AsyncEvent event) {
    end();
  }

  @Override
  public void onStartAsync(AsyncEvent event) {
    event.getAsyncContext().addListener(this);
  }
}
