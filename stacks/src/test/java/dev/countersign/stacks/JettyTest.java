package dev.countersign.stacks;

import static org.awaitility.Awaitility.await;

import dev.countersign.client.tls.MutualTls;
import dev.countersign.stacks.jetty.MutualTlsConnections;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.client.AbstractConnectionPool;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.transport.HttpClientTransportDynamic;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.junit.jupiter.api.Nested;

/** Jetty 12, the server with HTTP/1.1 alone and with HTTP/2 beside it. */
class JettyTest {
  private static SslContextFactory.Server context(SSLContext context) {
    SslContextFactory.Server factory = new SslContextFactory.Server();
    factory.setSslContext(context);
    return factory;
  }

  private static ServerContract.Running start(Runnable count, ConnectionFactory... factories)
      throws Exception {
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server, factories);
    connector.setHost("127.0.0.1");
    connector.addBean(new MutualTlsConnections());
    server.addConnector(connector);
    server.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback) {
            count.run();
            response.write(true, ByteBuffer.wrap(new byte[] {'h', 'i'}), callback);
            return true;
          }
        });
    server.start();
    return new ServerContract.Running() {
      @Override
      public int port() {
        return connector.getLocalPort();
      }

      @Override
      public void close() throws Exception {
        server.stop();
      }
    };
  }

  private static HttpConfiguration https() {
    HttpConfiguration https = new HttpConfiguration();
    https.addCustomizer(new SecureRequestCustomizer(false));
    return https;
  }

  @Nested
  class ServerOfHttp1 extends ServerContract {
    @Override
    boolean closesAtOnce() {
      return true;
    }

    @Override
    Running start(MutualTls tls) throws Exception {
      return JettyTest.start(
          served::incrementAndGet,
          new SslConnectionFactory(context(tls.context()), "http/1.1"),
          new HttpConnectionFactory(https()));
    }
  }

  /** Every handshake of such a connector fails without {@code MutualTlsAlpn}. */
  @Nested
  class ServerOfHttp1And2 extends ServerContract {
    @Override
    boolean closesAtOnce() {
      return true;
    }

    @Override
    Running start(MutualTls tls) throws Exception {
      ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
      alpn.setDefaultProtocol("http/1.1");
      return JettyTest.start(
          served::incrementAndGet,
          new SslConnectionFactory(context(tls.context()), "alpn"),
          alpn,
          new HTTP2ServerConnectionFactory(https()),
          new HttpConnectionFactory(https()));
    }
  }

  @Nested
  class ClientOfJetty extends ClientContract {
    @Override
    Client client(MutualTls tls, String protocol) throws Exception {
      SslContextFactory.Client factory = new SslContextFactory.Client();
      factory.setSslContext(tls.context());
      factory.setIncludeProtocols(protocol);
      ClientConnector connector = new ClientConnector();
      connector.setSslContextFactory(factory);
      HttpClient http = new HttpClient(new HttpClientTransportDynamic(connector));
      http.addBean(new MutualTlsConnections());
      http.start();
      return new ClosingClient() {
        @Override
        public String get(String url) throws Exception {
          return http.GET(url).getContentAsString();
        }

        @Override
        public void awaitEnd() {
          AbstractConnectionPool pool =
              (AbstractConnectionPool) http.getDestinations().get(0).getConnectionPool();
          await().until(() -> pool.getConnectionCount() == 0);
        }

        @Override
        public void close() throws Exception {
          http.stop();
        }
      };
    }
  }
}
