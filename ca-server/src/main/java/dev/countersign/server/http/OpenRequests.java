package dev.countersign.server.http;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Ends requests whose peers neither send nor take: bytes now and then, or other frames on the same
 * connection, reset Jetty's idle timeouts, but not these.
 */
final class OpenRequests extends Handler.Wrapper {
  private final Duration patience;
  private final InstantSource clock;
  private final Set<OpenRequest> open = ConcurrentHashMap.newKeySet();

  OpenRequests(Duration patience, InstantSource clock) {
    this.patience = patience;
    this.clock = clock;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    OpenRequest one = new OpenRequest(request, response, patience, clock);
    open.add(one);
    Request.addCompletionListener(request, failure -> open.remove(one));
    return super.handle(request, one, callback);
  }

  void sweep() {
    Instant now = clock.instant();
    open.forEach(request -> request.endIfOverdue(now));
  }
}
