package dev.countersign.server.http;

import java.time.Duration;
import java.time.InstantSource;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.Request;

/** What keeps peers of one listener from taking more than their share of it. */
final class Guards {
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
  private static final Duration PROBES = Duration.ofMillis(250);

  final OpenRequests requests;
  private final ConnectionGuard connections;
  private final ListenerLimits limits;
  private final Lag lag = new Lag(System::nanoTime);

  Guards(ListenerLimits limits, InstantSource clock) {
    this.limits = limits;
    connections = new ConnectionGuard(limits, lag, clock);
    requests = new OpenRequests(connections, limits, lag, clock);
  }

  String address(Request request) {
    return connections.peer(request.getConnectionMetaData().getConnection()).address;
  }

  void watch(AbstractConnector connector) {
    connector.addBean(connections);
    connector.addBean(new Recurring(connector.getScheduler(), pause(), this::sweep));
    connector.addBean(
        new Recurring(connector.getScheduler(), PROBES, () -> lag.probe(connector.getExecutor())));
  }

  /** For a stop: ends what waits for nothing. */
  void hangUp() {
    connections.hangUp();
  }

  private Duration pause() {
    Duration pause = limits.idle().dividedBy(4);
    if (pause.compareTo(LONGEST_PAUSE) > 0) {
      return LONGEST_PAUSE;
    }
    return pause.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : pause;
  }

  private void sweep() {
    connections.sweep();
    requests.sweep();
  }
}
