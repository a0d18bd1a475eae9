package orders;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.countersign.client.tls.MutualTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A service that only billing may ask. */
public final class Orders implements AutoCloseable {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpsServer server;

  public Orders(MutualTls tls, int port) throws IOException {
    tls.accept(peers -> peers.identities("billing"));
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 20);
    server.setHttpsConfigurator(new HttpsConfigurator(tls.context()));
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            byte[] answer = "three orders".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
          }
        });
    server.setExecutor(threads);
    server.start();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  /** With the folder that {@code countersign enroll} made, and a port. */
  public static void main(String[] arguments) throws Exception {
    try (MutualTls tls = MutualTls.open(Path.of(arguments[0]));
        Orders orders = new Orders(tls, Integer.parseInt(arguments[1]))) {
      System.out.println("https://localhost:" + orders.port());
      Thread.currentThread().join();
    }
  }
}
