package dev.countersign.server.http;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.internal.HttpConnection;

/**
 * Keeps one address from taking all connections, and closes those that neither finish their
 * handshake nor the head of a request: sending a byte now and then resets Jetty's idle timeout, but
 * not this one.
 */
final class ConnectionGuard implements Connection.Listener {

  private static final class Seen {
    final Instant opened;
    // Kept, because a socket that is closed does not know it any more; empty if not counted
    final String address;
    long messages = -1;
    long bytes;
    Instant since;

    Seen(Instant now, String address) {
      opened = now;
      this.address = address;
      since = now;
    }
  }

  private final int perAddress;
  private final Duration patience;
  private final InstantSource clock;
  private final Map<String, Integer> counts = new ConcurrentHashMap<>();
  private final Map<Connection, Seen> connections = new ConcurrentHashMap<>();

  ConnectionGuard(int perAddress, Duration patience, InstantSource clock) {
    this.perAddress = perAddress;
    this.patience = patience;
    this.clock = clock;
  }

  @Override
  public void onOpened(Connection connection) {
    Seen seen = new Seen(clock.instant(), ofNetwork(connection) ? address(connection) : "");
    connections.put(connection, seen);
    if (!seen.address.isEmpty() && counts.merge(seen.address, 1, Integer::sum) > perAddress) {
      connection.getEndPoint().close();
    }
  }

  @Override
  public void onClosed(Connection connection) {
    Seen seen = connections.remove(connection);
    if (seen != null && !seen.address.isEmpty()) {
      counts.computeIfPresent(seen.address, (key, count) -> count > 1 ? count - 1 : null);
    }
  }

  void sweep() {
    Instant now = clock.instant();
    connections.forEach(
        (connection, seen) -> {
          if (tooSlow(connection, seen, now)) {
            connection.getEndPoint().close();
          }
        });
  }

  private boolean tooSlow(Connection connection, Seen seen, Instant now) {
    if (connection instanceof SslConnection tls) {
      String protocol = tls.getSSLEngine().getSession().getProtocol();
      return "NONE".equals(protocol) && now.isAfter(seen.opened.plus(patience));
    }
    if (connection instanceof HttpConnection http) {
      long messages = http.getMessagesIn();
      if (messages != seen.messages || http.getMessagesOut() < messages) {
        seen.messages = messages;
        seen.bytes = http.getBytesIn();
        seen.since = now;
        return false;
      }
      boolean begun = messages == 0 || http.getBytesIn() != seen.bytes;
      return begun && now.isAfter(seen.since.plus(patience));
    }
    return false;
  }

  private static boolean ofNetwork(Connection connection) {
    return connection.getEndPoint() instanceof SocketChannelEndPoint;
  }

  private static String address(Connection connection) {
    EndPoint endPoint = connection.getEndPoint();
    return endPoint.getRemoteSocketAddress() instanceof InetSocketAddress address
        ? RateLimits.addressKey(address.getAddress().getHostAddress())
        : "";
  }
}
