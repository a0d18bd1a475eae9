package dev.countersign.server.http;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * All requests that are not over. No address has more of them than it may have connections, nor
 * have all together: HTTP/2 gives nobody more than HTTP/1.1 would. Nor are there new ones while
 * those before have to wait for a thread. Those whose peers neither send nor take are ended: bytes
 * now and then, or other frames on the same connection, reset Jetty's idle timeouts, but not these.
 */
final class OpenRequests extends Handler.Wrapper {
  private final ConnectionGuard connections;
  private final ListenerLimits limits;
  private final Lag lag;
  private final InstantSource clock;
  private final Tally perAddress;
  private final Set<OpenRequest> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger count = new AtomicInteger();

  OpenRequests(ConnectionGuard connections, ListenerLimits limits, Lag lag, InstantSource clock) {
    this.connections = connections;
    this.limits = limits;
    this.lag = lag;
    this.clock = clock;
    perAddress = new Tally(limits.connectionsPerAddress());
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    OpenRequest one = new OpenRequest(request, response, limits.idle(), clock);
    Peer peer = connections.peer(request.getConnectionMetaData().getConnection());
    boolean allowed = begin(one, peer);
    Request.addCompletionListener(request, failure -> end(one, peer));
    if (!allowed) {
      refuse(request, one, callback);
      return true;
    }
    if (lag.isOver(limits.lag())) {
      Response.writeError(request, one, callback, HttpStatus.SERVICE_UNAVAILABLE_503);
      return true;
    }
    return super.handle(request, one, callback);
  }

  private boolean begin(OpenRequest one, Peer peer) {
    open.add(one);
    peer.begins(clock.instant());
    boolean all = count.incrementAndGet() <= limits.connections();
    return perAddress.add(peer.address) && all;
  }

  private void end(OpenRequest one, Peer peer) {
    open.remove(one);
    peer.ends(clock.instant());
    perAddress.remove(peer.address);
    count.decrementAndGet();
  }

  private static void refuse(Request request, Response response, Callback callback) {
    if (request.getConnectionMetaData().getConnection() instanceof HTTP2Connection connection) {
      int id = Integer.parseInt(request.getId());
      Stream stream = connection.getSession().getStream(id);
      if (stream != null) {
        // RFC 9113 8.7: nothing was done, it may be asked again
        int code = ErrorCode.REFUSED_STREAM_ERROR.code;
        stream.reset(new ResetFrame(id, code), Callback.NOOP);
      }
      callback.failed(new Request.Handler.AbortException("refused"));
      return;
    }
    Response.writeError(request, response, callback, HttpStatus.SERVICE_UNAVAILABLE_503);
  }

  void sweep() {
    Instant now = clock.instant();
    open.forEach(request -> request.endIfOverdue(now));
  }
}
