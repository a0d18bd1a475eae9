package dev.countersign.server.http;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.Callback;

/**
 * Keeps one address from taking all connections, and closes those on which nothing is asked:
 * sending a byte or a frame now and then resets Jetty's idle timeout, but not this one.
 */
final class ConnectionGuard implements Connection.Listener {
  private final Tally perAddress;
  private final Duration patience;
  private final InstantSource clock;
  private final Map<Connection, Peer> peers = new ConcurrentHashMap<>();

  ConnectionGuard(int perAddress, Duration patience, InstantSource clock) {
    this.perAddress = new Tally(perAddress);
    this.patience = patience;
    this.clock = clock;
  }

  @Override
  public void onOpened(Connection connection) {
    Peer peer = new Peer(address(connection), clock.instant());
    peers.put(connection, peer);
    if (ofNetwork(connection) && !perAddress.add(peer.address)) {
      connection.getEndPoint().close();
    }
  }

  @Override
  public void onClosed(Connection connection) {
    Peer peer = peers.remove(connection);
    if (peer != null && ofNetwork(connection)) {
      perAddress.remove(peer.address);
    }
  }

  Peer peer(Connection connection) {
    Peer peer = peers.get(connection);
    return peer != null ? peer : new Peer(address(connection), clock.instant());
  }

  void sweep() {
    Instant now = clock.instant();
    peers.forEach((connection, peer) -> sweep(connection, peer, now));
  }

  private void sweep(Connection connection, Peer peer, Instant now) {
    if (!now.isAfter(waitsSince(connection, peer, now).plus(patience))) {
      return;
    }
    if (connection instanceof HTTP2Connection http2 && peer.tell(now)) {
      goAway(http2, Callback.NOOP);
    } else {
      connection.getEndPoint().close();
    }
  }

  /** Since when it is the peer's turn to get on with the handshake or with a request. */
  private static Instant waitsSince(Connection connection, Peer peer, Instant now) {
    if (connection instanceof SslConnection tls) {
      boolean shaking = "NONE".equals(tls.getSSLEngine().getSession().getProtocol());
      return shaking ? peer.opened() : now;
    }
    if (connection instanceof HttpConnection http) {
      return peer.headSince(http.getMessagesIn(), http.getMessagesOut(), http.getBytesIn(), now);
    }
    // A part of a head, PINGs, settings: whatever comes, nothing is asked
    return connection instanceof HTTP2Connection && peer.isIdle() ? peer.since() : now;
  }

  /** For a stop: who is only connected would be waited for. */
  void hangUp() {
    peers.forEach(
        (connection, peer) -> {
          if (connection instanceof HTTP2Connection http2 && peer.isIdle()) {
            goAway(http2, Callback.from(() -> http2.getEndPoint().close()));
          }
        });
  }

  private static void goAway(HTTP2Connection connection, Callback then) {
    // RFC 9113 6.8: the peer learns which requests were not seen and may be sent elsewhere
    connection.getSession().close(ErrorCode.NO_ERROR.code, "idle", then);
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
