package dev.countersign.client.testing;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;

/** A revocation list over plain HTTP, as certificates point to it. */
public final class CrlServer implements AutoCloseable {
  private final HttpServer server;
  public final AtomicInteger asked = new AtomicInteger();
  private volatile byte[] list = new byte[0];

  private CrlServer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            asked.incrementAndGet();
            AuthorityDouble.send(
                exchange, list.length == 0 ? 404 : 200, "application/pkix-crl", list);
          }
        });
    server.start();
  }

  public static CrlServer start() {
    return new CrlServer();
  }

  public URI url() {
    return URI.create("http://localhost:" + server.getAddress().getPort() + "/crl/issuing-1.crl");
  }

  public void publish(byte[] der) {
    list = der;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
