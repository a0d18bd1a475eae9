package dev.countersign.server.http;

import dev.countersign.server.refusal.Refusal;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.content.ByteBufferContentSource;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Reads the whole body before a handler sees the request, without a thread that waits for the peer,
 * so that slow senders cannot take the few threads away. A body over the limit, announced or
 * chunked, is answered with 413 and the connection is closed, and with 503 what all together or its
 * address have no room for; {@link OpenRequests} keep the time.
 */
final class BodyLimit extends Handler.Wrapper {
  // What is read and thrown away after the limit, so that the peer gets to read the answer
  // instead of a reset.
  private static final long DISCARDED = 1 << 20;

  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final int limit;
  private final BodyBudget budget;
  private final Function<Request, String> address;

  /**
   * @param address whose share of the budget a request takes from
   */
  BodyLimit(int limit, BodyBudget budget, Function<Request, String> address) {
    this.limit = limit;
    this.budget = budget;
    this.address = address;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Reading reading = new Reading(request, response, callback);
    Request.addCompletionListener(request, failure -> reading.end());
    reading.run();
    return true;
  }

  private final class Reading implements Runnable {
    private final Request request;
    private final Response response;
    private final Callback callback;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream(0);
    private final String sender;
    private long total;
    private boolean tooMuch;
    private long taken;
    private boolean ended;

    Reading(Request request, Response response, Callback callback) {
      this.request = request;
      this.response = response;
      this.callback = callback;
      this.sender = address.apply(request);
    }

    @Override
    public void run() {
      while (true) {
        Content.Chunk chunk = request.read();
        if (chunk == null) {
          request.demand(this);
          return;
        }
        if (Content.Chunk.isFailure(chunk)) {
          fail(chunk.getFailure());
          return;
        }
        boolean last = chunk.isLast();
        take(chunk);
        if (last || tooMuch || total > limit + DISCARDED) {
          finish();
          return;
        }
      }
    }

    private void take(Content.Chunk chunk) {
      ByteBuffer bytes = chunk.getByteBuffer();
      total += bytes.remaining();
      if (total <= limit && bytes.hasRemaining() && mayTake(bytes.remaining())) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        body.write(copy, 0, copy.length);
      }
      chunk.release();
    }

    private synchronized boolean mayTake(int bytes) {
      // Ended by who keeps the time: nobody would give back what is taken now
      if (!ended && budget.take(sender, bytes)) {
        taken += bytes;
        return true;
      }
      tooMuch = true;
      return false;
    }

    synchronized void end() {
      ended = true;
      budget.giveBack(sender, taken);
      taken = 0;
    }

    private void finish() {
      OpenRequest.isRead(request);
      if (tooMuch) {
        refuse(
            Refusal.until(
                Refusal.Kind.UNAVAILABLE,
                RETRY_AFTER,
                "The server holds as many bodies of requests as it can, or as one address may"
                    + " have; ask again in a moment."));
        return;
      }
      if (total > limit || request.getLength() > limit) {
        refuse(
            new Refusal(
                Refusal.Kind.BODY_TOO_LARGE,
                "The body is larger than " + limit / 1024 + " KiB; nothing of it was used."));
        return;
      }
      try {
        Request whole = total == 0 ? request : new Buffered(request, body.toByteArray());
        if (!BodyLimit.super.handle(whole, response, callback)) {
          Response.writeError(request, response, callback, 404);
        }
      } catch (Exception e) {
        Response.writeError(request, response, callback, e);
      }
    }

    private void refuse(Refusal refusal) {
      refusal
          .retryAfter()
          .ifPresent(after -> response.getHeaders().put(HttpHeader.RETRY_AFTER, after.toSeconds()));
      write(Problem.of(refusal, null, RequestNumbers.of(request)));
    }

    private void fail(Throwable failure) {
      if (failure instanceof TimeoutException) {
        String number = RequestNumbers.of(request);
        write(Problem.transport(408, "The body did not arrive in time.", number));
      } else {
        callback.failed(failure);
      }
    }

    private void write(Problem problem) {
      response.setStatus(problem.status());
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, Problem.MEDIA_TYPE);
      response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
      if (request.getConnectionMetaData().getHttpVersion().getVersion()
          <= HttpVersion.HTTP_1_1.getVersion()) {
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
      }
      response.write(true, ByteBuffer.wrap(problem.toJson()), callback);
    }
  }

  private static final class Buffered extends Request.Wrapper {
    private final int length;
    private final ByteBufferContentSource content;

    Buffered(Request request, byte[] body) {
      super(request);
      this.length = body.length;
      this.content = new ByteBufferContentSource(ByteBuffer.wrap(body));
    }

    @Override
    public long getLength() {
      return length;
    }

    @Override
    public Content.Chunk read() {
      return content.read();
    }

    @Override
    public void demand(Runnable demandCallback) {
      content.demand(demandCallback);
    }

    @Override
    public void fail(Throwable failure) {
      content.fail(failure);
    }
  }
}
