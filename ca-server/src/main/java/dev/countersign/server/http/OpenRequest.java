package dev.countersign.server.http;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.QuietException;
import org.eclipse.jetty.server.HttpChannel;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;
import org.jspecify.annotations.Nullable;

/**
 * A request from its head to the last byte of its answer. Whatever is the peer's to do, to send the
 * body or to take the next piece of the answer, has a time; our own work has none here.
 */
final class OpenRequest extends Response.Wrapper {
  private static final String ATTRIBUTE = "countersign.open";
  // What a peer has to take in the time for one piece. Also what is copied at once out of a large
  // array, which a plain socket would copy whole.
  private static final int PIECE = 64 * 1024;

  private final Request request;
  private final Duration patience;
  private final InstantSource clock;
  private volatile Instant deadline;
  private boolean failed;

  OpenRequest(Request request, Response response, Duration patience, InstantSource clock) {
    super(request, response);
    this.request = request;
    this.patience = patience;
    this.clock = clock;
    peersTurn();
    request.setAttribute(ATTRIBUTE, this);
  }

  /** To be called when the whole body is there. */
  static void isRead(Request request) {
    if (request.getAttribute(ATTRIBUTE) instanceof OpenRequest open) {
      open.ourTurn();
    }
  }

  private void peersTurn() {
    deadline = clock.instant().plus(patience);
  }

  private void ourTurn() {
    deadline = Instant.MAX;
  }

  /** Of one thread at a time. */
  void endIfOverdue(Instant now) {
    if (!now.isAfter(deadline)) {
      return;
    }
    peersTurn();
    if (failed) { // and the peer does not take even that
      request.getConnectionMetaData().getConnection().getEndPoint().close();
    } else {
      failed = true;
      fail();
    }
  }

  /** The stream alone, where a connection has several. */
  private void fail() {
    try {
      if (request.getComponents() instanceof HttpChannel channel) {
        Runnable end = channel.onFailure(new PeerIsTooSlow());
        if (end != null) {
          request.getComponents().getExecutor().execute(end);
        }
      }
    } catch (IllegalStateException | RejectedExecutionException e) {
      ourTurn(); // it ended meanwhile
    }
  }

  @Override
  public void write(boolean last, @Nullable ByteBuffer content, Callback callback) {
    if (content == null || content.remaining() <= PIECE) {
      writePiece(last, content, callback);
      return;
    }
    if (last && !isCommitted() && !getHeaders().contains(HttpHeader.CONTENT_LENGTH)) {
      getHeaders().put(HttpHeader.CONTENT_LENGTH, content.remaining());
    }
    new Pieces(last, content, callback).iterate();
  }

  private void writePiece(boolean last, @Nullable ByteBuffer content, Callback callback) {
    peersTurn();
    super.write(last, content, new Taken(callback));
  }

  private final class Taken extends Callback.Nested {
    Taken(Callback callback) {
      super(callback);
    }

    @Override
    public void succeeded() {
      ourTurn();
      super.succeeded();
    }
  }

  private final class Pieces extends IteratingCallback {
    private final boolean last;
    private final ByteBuffer content;
    private final Callback callback;

    Pieces(boolean last, ByteBuffer content, Callback callback) {
      this.last = last;
      this.content = content;
      this.callback = callback;
    }

    @Override
    protected Action process() {
      if (!content.hasRemaining()) {
        return Action.SUCCEEDED;
      }
      int length = Math.min(PIECE, content.remaining());
      ByteBuffer piece = content.slice(content.position(), length);
      content.position(content.position() + length);
      writePiece(last && !content.hasRemaining(), piece, this);
      return Action.SCHEDULED;
    }

    @Override
    protected void onCompleteSuccess() {
      callback.succeeded();
    }

    @Override
    protected void onCompleteFailure(Throwable failure) {
      callback.failed(failure);
    }

    @Override
    public InvocationType getInvocationType() {
      return callback.getInvocationType();
    }
  }

  /** Quiet: who is slow does not fill the log. */
  private static final class PeerIsTooSlow extends TimeoutException implements QuietException {
    private static final long serialVersionUID = 1;

    PeerIsTooSlow() {
      super("The peer took too long");
    }
  }
}
