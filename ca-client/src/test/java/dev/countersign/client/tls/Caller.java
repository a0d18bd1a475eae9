package dev.countersign.client.tls;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** Calls a {@link Service}. */
interface Caller {
  /** How it uses TLS. */
  enum Kind {
    SOCKETS,
    ENGINES;

    Caller of(SSLContext context, String protocol) {
      if (this == SOCKETS) {
        return (host, port) -> overSocket(context, protocol, host, port);
      }
      HttpClient client = client(context, protocol);
      return (host, port) -> overEngine(client, host, port);
    }
  }

  /** Over a new connection. */
  String call(String host, int port) throws IOException;

  default String call(Service service) throws IOException {
    return call("localhost", service.port());
  }

  private static String overSocket(SSLContext context, String protocol, String host, int port)
      throws IOException {
    try (Connection connection = Connection.open(context, protocol, host, port)) {
      return connection.call("/");
    }
  }

  private static HttpClient client(SSLContext context, String protocol) {
    SSLParameters parameters = new SSLParameters();
    parameters.setProtocols(new String[] {protocol});
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .sslContext(context)
        .sslParameters(parameters)
        .build();
  }

  private static String overEngine(HttpClient client, String host, int port) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("https://" + host + ":" + port + "/"))
            .timeout(Duration.ofSeconds(30))
            .build();
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** One connection that stays open. */
  final class Connection implements Closeable {
    final SSLSocket socket;

    private Connection(SSLSocket socket) {
      this.socket = socket;
    }

    static Connection open(SSLContext context, String protocol, String host, int port)
        throws IOException {
      SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(host, port);
      socket.setSoTimeout(30_000);
      socket.setEnabledProtocols(new String[] {protocol});
      try {
        socket.startHandshake();
      } catch (IOException e) {
        socket.close();
        throw e;
      }
      return new Connection(socket);
    }

    String call(String path) throws IOException {
      socket
          .getOutputStream()
          .write(
              ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      InputStream in = socket.getInputStream();
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int next = in.read();
        if (next < 0) {
          throw new EOFException("nothing more after " + head.length() + " bytes");
        }
        head.append((char) next);
      }
      String lower = head.toString().toLowerCase(java.util.Locale.ROOT);
      int at = lower.indexOf("content-length:") + "content-length:".length();
      int length = Integer.parseInt(lower.substring(at, lower.indexOf('\r', at)).trim());
      return new String(in.readNBytes(length), StandardCharsets.US_ASCII);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
