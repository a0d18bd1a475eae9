package dev.countersign.agent;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.countersign.client.ClientException;
import dev.countersign.client.ClientException.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Health and metrics, for the monitoring of this machine. */
public final class AgentHttp implements AutoCloseable {
  private static final int THREADS = 4;
  private static final String LONGEST_SECONDS = "5";

  static {
    // Read once by the JDK's server: else who sends half a request has a thread for ever
    System.setProperty("sun.net.httpserver.maxReqTime", LONGEST_SECONDS);
    System.setProperty("sun.net.httpserver.maxRspTime", LONGEST_SECONDS);
  }

  private final HttpServer server;
  private final ExecutorService worker =
      Executors.newFixedThreadPool(
          THREADS,
          task -> {
            Thread thread = new Thread(task, "countersign-health");
            thread.setDaemon(true);
            return thread;
          });

  private AgentHttp(HttpServer server, Agent agent) {
    this.server = server;
    server.setExecutor(worker);
    server.createContext("/healthz", exchange -> health(exchange, agent));
    server.createContext(
        "/metrics",
        exchange -> send(exchange, 200, Metrics.of(agent.conditions(), agent.clock().instant())));
    server.start();
  }

  /**
   * Begins to answer.
   *
   * @param address of the loopback interface
   */
  public static AgentHttp start(InetSocketAddress address, Agent agent) {
    try {
      return new AgentHttp(HttpServer.create(address, 16), agent);
    } catch (IOException e) {
      throw new ClientException(
          Kind.LOCAL_FILES,
          "Could not listen at "
              + address.getHostString()
              + ":"
              + address.getPort()
              + " ("
              + e.getMessage()
              + "). Choose another port with --listen.",
          e);
    }
  }

  public int port() {
    return server.getAddress().getPort();
  }

  private static void health(HttpExchange exchange, Agent agent) throws IOException {
    Instant now = agent.clock().instant();
    StringBuilder text = new StringBuilder();
    boolean good = true;
    for (Condition condition : agent.conditions()) {
      text.append(condition.folder()).append(": ");
      var complaints = condition.complaints(now);
      good &= complaints.isEmpty();
      text.append(
          complaints.isEmpty()
              ? condition.waiting() ? "another agent keeps it" : "good"
              : String.join(" ", complaints));
      condition
          .trouble()
          .filter(what -> complaints.isEmpty())
          .ifPresent(what -> text.append("; ").append(what));
      text.append('\n');
    }
    send(exchange, good ? 200 : 503, text.toString());
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    try (exchange) {
      byte[] body = text.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
      exchange.sendResponseHeaders(status, body.length);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
    worker.shutdownNow();
  }
}
