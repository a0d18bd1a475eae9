package dev.countersign.client.testing;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Revocation lists over plain HTTP, as certificates point to them. */
public final class CrlServer implements AutoCloseable {
  private final HttpServer server;
  public final AtomicInteger asked = new AtomicInteger();
  private static final String COMPLETE = "/crl/issuing-1.crl";
  private final Map<String, byte[]> lists = new ConcurrentHashMap<>();

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
            byte[] list = lists.getOrDefault(exchange.getRequestURI().getPath(), new byte[0]);
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
    return url(COMPLETE);
  }

  public URI url(String path) {
    return URI.create("http://localhost:" + server.getAddress().getPort() + path);
  }

  public void publish(byte[] der) {
    publish(COMPLETE, der);
  }

  public void publish(String path, byte[] der) {
    lists.put(path, der);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
