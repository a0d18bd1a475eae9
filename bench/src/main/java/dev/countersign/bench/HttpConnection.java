package dev.countersign.bench;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One kept connection that sends requests made beforehand. It does as little as HTTP/1.1 allows
 * (RFC 9112), because the client takes its share of the same cores.
 */
final class HttpConnection implements Closeable {

  record Answer(int status, byte[] body) {}

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final byte[] buffer = new byte[16 * 1024];
  private int from;
  private int to;

  HttpConnection(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(60_000);
    in = socket.getInputStream();
    out = socket.getOutputStream();
  }

  /**
   * The bytes of a request whose body is {@code body}; an empty content type means a request
   * without a body.
   */
  static byte[] request(String method, String path, String contentType, byte[] body) {
    String head =
        method
            + " "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\n"
            + (contentType.isEmpty()
                ? ""
                : "Content-Type: " + contentType + "\r\nContent-Length: " + body.length + "\r\n")
            + "\r\n";
    byte[] start = head.getBytes(StandardCharsets.US_ASCII);
    byte[] whole = new byte[start.length + body.length];
    System.arraycopy(start, 0, whole, 0, start.length);
    System.arraycopy(body, 0, whole, start.length, body.length);
    return whole;
  }

  Answer ask(byte[] request) throws IOException {
    out.write(request);
    out.flush();
    String statusLine = line();
    int status = Integer.parseInt(statusLine.substring(9, 12));
    int length = -1;
    boolean chunked = false;
    for (String header = line(); !header.isEmpty(); header = line()) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Integer.parseInt(lower.substring(15).strip());
      } else if (lower.startsWith("transfer-encoding:") && lower.endsWith("chunked")) {
        chunked = true;
      }
    }
    return new Answer(status, chunked ? chunks() : exactly(Math.max(length, 0)));
  }

  private byte[] chunks() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
      body.writeBytes(exactly(size));
      line();
    }
    line();
    return body.toByteArray();
  }

  private byte[] exactly(int count) throws IOException {
    byte[] bytes = new byte[count];
    int done = 0;
    while (done < count) {
      if (from == to) {
        fill();
      }
      int part = Math.min(count - done, to - from);
      System.arraycopy(buffer, from, bytes, done, part);
      from += part;
      done += part;
    }
    return bytes;
  }

  private String line() throws IOException {
    StringBuilder text = new StringBuilder(64);
    while (true) {
      if (from == to) {
        fill();
      }
      byte b = buffer[from++];
      if (b == '\n') {
        return text.toString();
      }
      if (b != '\r') {
        text.append((char) b);
      }
    }
  }

  private void fill() throws IOException {
    from = 0;
    to = in.read(buffer);
    if (to < 0) {
      to = 0;
      throw new EOFException("the server closed the connection");
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
