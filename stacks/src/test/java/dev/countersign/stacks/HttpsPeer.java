package dev.countersign.stacks;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import dev.countersign.client.tls.MutualTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** The server of the JDK. */
final class HttpsPeer implements ClientContract.Peer {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpsServer server;

  HttpsPeer(MutualTls tls, AtomicInteger served, BooleanSupplier keep) throws IOException {
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 20);
    server.setHttpsConfigurator(new HttpsConfigurator(tls.context()));
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            served.incrementAndGet();
            X509Certificate client =
                (X509Certificate)
                    ((HttpsExchange) exchange).getSSLSession().getPeerCertificates()[0];
            byte[] body = client.getSerialNumber().toString(16).getBytes(StandardCharsets.US_ASCII);
            if (!keep.getAsBoolean()) {
              exchange.getResponseHeaders().set("Connection", "close");
            }
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
          }
        });
    server.setExecutor(threads);
    server.start();
  }

  @Override
  public String url() {
    return "https://localhost:" + server.getAddress().getPort() + "/";
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
