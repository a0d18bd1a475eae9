package dev.countersign.server.http;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.Callback;

/**
 * Lets no more connections stay than there may be, all together and of one address: who is too many
 * is closed at once, and can go elsewhere, where one that is not accepted would be waited for. And
 * closes those on which nothing is asked: sending a byte or a frame now and then resets Jetty's
 * idle timeout, but not this one.
 */
final class ConnectionGuard implements Connection.Listener {
  private final ListenerLimits limits;
  private final Lag lag;
  private final Tally perAddress;
  private final AtomicInteger all = new AtomicInteger();
  private final InstantSource clock;
  private final Map<Connection, Peer> peers = new ConcurrentHashMap<>();

  ConnectionGuard(ListenerLimits limits, Lag lag, InstantSource clock) {
    this.limits = limits;
    this.lag = lag;
    this.perAddress = new Tally(limits.connectionsPerAddress());
    this.clock = clock;
  }

  @Override
  public void onOpened(Connection connection) {
    Peer peer = new Peer(address(connection), clock.instant());
    peers.put(connection, peer);
    if (ofNetwork(connection) && !mayStay(peer)) {
      connection.getEndPoint().close();
    }
  }

  private boolean mayStay(Peer peer) {
    boolean room = all.incrementAndGet() <= limits.connections();
    return perAddress.add(peer.address) && room && !lag.isOver(limits.lagOfConnections());
  }

  @Override
  public void onClosed(Connection connection) {
    Peer peer = peers.remove(connection);
    if (peer != null && ofNetwork(connection)) {
      perAddress.remove(peer.address);
      all.decrementAndGet();
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
    if (!now.isAfter(waitsSince(connection, peer, now).plus(limits.idle()))) {
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
