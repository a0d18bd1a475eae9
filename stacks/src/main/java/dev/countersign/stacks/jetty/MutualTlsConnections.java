package dev.countersign.stacks.jetty;

import dev.countersign.client.tls.MutualTls;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;

/**
 * Closes Jetty's connections at once when they are cut, idle ones too: a bean of the {@code
 * ServerConnector} or of the {@code HttpClient}.
 */
public final class MutualTlsConnections implements SslHandshakeListener {
  @Override
  public void handshakeSucceeded(Event event) {
    EndPoint end = event.getEndPoint();
    MutualTls.whenCut(event.getSSLEngine(), () -> close(end));
  }

  private static void close(EndPoint end) {
    Connection connection = end.getConnection();
    if (connection == null) {
      end.close();
    } else {
      connection.close(); // of a client, which also takes it out of its pool
    }
  }
}
