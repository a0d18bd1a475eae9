package dev.countersign.stacks;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.countersign.client.tls.MutualTls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Nested;

/** What comes with Java. */
class JdkTest {
  @Nested
  class HttpsServerOfTheJdk extends ServerContract {
    @Override
    Running start(MutualTls tls) throws Exception {
      HttpsServer server =
          HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 20);
      server.setHttpsConfigurator(new HttpsConfigurator(tls.context()));
      server.createContext(
          "/",
          exchange -> {
            try (exchange) {
              served.incrementAndGet();
              exchange.sendResponseHeaders(200, 2);
              exchange.getResponseBody().write("hi".getBytes(StandardCharsets.US_ASCII));
            }
          });
      var threads = Executors.newCachedThreadPool();
      server.setExecutor(threads);
      server.start();
      return new Running() {
        @Override
        public int port() {
          return server.getAddress().getPort();
        }

        @Override
        public void close() {
          server.stop(0);
          threads.shutdownNow();
        }
      };
    }
  }

  @Nested
  class JavaNetHttp extends ClientContract {
    @Override
    Client client(MutualTls tls, String protocol) {
      SSLParameters parameters = new SSLParameters();
      parameters.setProtocols(new String[] {protocol});
      HttpClient http =
          HttpClient.newBuilder().sslContext(tls.context()).sslParameters(parameters).build();
      return new Client() {
        @Override
        public String get(String url) throws Exception {
          return http.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
              .body();
        }

        @Override
        public void close() {}
      };
    }
  }

  @Nested
  class UrlConnection extends ClientContract {
    @Override
    Client client(MutualTls tls, String protocol) {
      return new Client() {
        @Override
        public String get(String url) throws Exception {
          HttpsURLConnection connection =
              (HttpsURLConnection) URI.create(url).toURL().openConnection();
          connection.setSSLSocketFactory(tls.socketFactory());
          try (var in = connection.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
          }
        }

        @Override
        public void close() {}
      };
    }
  }
}
