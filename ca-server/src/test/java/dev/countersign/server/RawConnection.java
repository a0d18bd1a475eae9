package dev.countersign.server;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A connection on which a test may send whatever it likes. */
final class RawConnection implements AutoCloseable {
  private static final int TIMEOUT = 60_000;

  private final Socket socket;

  private RawConnection(Socket socket) {
    this.socket = socket;
  }

  static RawConnection plain(URI server) throws IOException {
    return plain(server.getPort(), new Socket());
  }

  /** Whose operating system takes little that was not read yet. */
  static RawConnection narrow(int port) throws IOException {
    return narrow("127.0.0.1", port);
  }

  /** From another address of this machine. */
  static RawConnection narrow(String from, int port) throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(from, 0));
    socket.setReceiveBufferSize(4096);
    return plain(port, socket);
  }

  private static RawConnection plain(int port, Socket socket) throws IOException {
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT);
    socket.setSoTimeout(TIMEOUT);
    return new RawConnection(socket);
  }

  static RawConnection tls(URI server, SSLContext context) throws IOException {
    SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket();
    socket.connect(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort()), TIMEOUT);
    socket.setSoTimeout(TIMEOUT);
    socket.startHandshake();
    return new RawConnection(socket);
  }

  RawConnection send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
    return this;
  }

  /** How many of at most so many bytes came; -1 when the server has closed. */
  int take(int most) throws IOException {
    return socket.getInputStream().read(new byte[most]);
  }

  /** Whether the server closes while we look for this long. */
  boolean closedWithin(int milliseconds) throws IOException {
    socket.setSoTimeout(milliseconds);
    try {
      while (socket.getInputStream().read() >= 0) {
        // an answer before the close
      }
      return true;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } finally {
      socket.setSoTimeout(TIMEOUT);
    }
  }

  /** All that comes until the server closes; what the close cuts off does not matter. */
  String untilClosed() {
    StringBuilder text = new StringBuilder();
    try {
      InputStream in = socket.getInputStream();
      for (int b = in.read(); b >= 0; b = in.read()) {
        text.append((char) b);
      }
    } catch (java.net.SocketTimeoutException e) {
      throw new AssertionError("the server did not close; so far: " + text, e);
    } catch (IOException e) {
      text.append(""); // a reset is a close too
    }
    return text.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
