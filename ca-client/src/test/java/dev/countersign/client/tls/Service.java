package dev.countersign.client.tls;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/** A small HTTP server that was handed a context once. Says hello to whoever gets through. */
abstract class Service implements Closeable {
  /** How it uses TLS. */
  enum Kind {
    SOCKETS,
    ENGINES;

    Service start(SSLContext context) {
      return start(context, InetAddress.getLoopbackAddress());
    }

    Service start(SSLContext context, InetAddress at) {
      try {
        return this == SOCKETS ? new OverSockets(context, at) : new OverEngines(context, at);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  final AtomicInteger served = new AtomicInteger();
  final List<Throwable> failures = new CopyOnWriteArrayList<>();
  final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "test-service");
            thread.setDaemon(true);
            return thread;
          });

  abstract int port();

  String hello(SSLSession session) {
    served.incrementAndGet();
    try {
      return "hello "
          + ((java.security.cert.X509Certificate) session.getPeerCertificates()[0])
              .getSerialNumber()
              .toString(16);
    } catch (javax.net.ssl.SSLPeerUnverifiedException e) {
      return "hello nobody";
    }
  }

  private static final class OverSockets extends Service {
    private final SSLServerSocket door;

    OverSockets(SSLContext context, InetAddress at) throws IOException {
      door = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 50, at);
      threads.execute(this::accept);
    }

    private void accept() {
      while (!door.isClosed()) {
        try {
          SSLSocket socket = (SSLSocket) door.accept();
          threads.execute(() -> serve(socket));
        } catch (IOException | RejectedExecutionException e) {
          // closed
        }
      }
    }

    private void serve(SSLSocket socket) {
      try (socket) {
        socket.setSoTimeout(30_000);
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        while (true) {
          String first = in.readLine();
          if (first == null) {
            return;
          }
          for (String line = in.readLine(); line != null && !line.isEmpty(); ) {
            line = in.readLine();
          }
          boolean keep = first.contains("/keep");
          String body = hello(socket.getSession());
          socket
              .getOutputStream()
              .write(
                  ("HTTP/1.1 200 OK\r\nContent-Length: "
                          + body.length()
                          + (keep ? "" : "\r\nConnection: close")
                          + "\r\n\r\n"
                          + body)
                      .getBytes(StandardCharsets.US_ASCII));
          socket.getOutputStream().flush();
          if (!keep) {
            return;
          }
        }
      } catch (IOException e) {
        failures.add(e);
      }
    }

    @Override
    int port() {
      return door.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      door.close();
      threads.shutdownNow();
    }
  }

  private static final class OverEngines extends Service {
    private final HttpsServer server;

    OverEngines(SSLContext context, InetAddress at) throws IOException {
      server = HttpsServer.create(new InetSocketAddress(at, 0), 50);
      server.setHttpsConfigurator(
          new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
              // as a stack that knows nothing of client certificates
              parameters.setNeedClientAuth(false);
            }
          });
      server.createContext(
          "/",
          exchange -> {
            try (exchange) {
              byte[] body =
                  hello(((HttpsExchange) exchange).getSSLSession())
                      .getBytes(StandardCharsets.US_ASCII);
              if (!exchange.getRequestURI().getPath().contains("/keep")) {
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
    int port() {
      return server.getAddress().getPort();
    }

    @Override
    public void close() {
      server.stop(0);
      threads.shutdownNow();
    }
  }
}
