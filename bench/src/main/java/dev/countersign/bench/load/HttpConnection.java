package dev.countersign.bench.load;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * One kept connection that sends requests made beforehand. It does as little as HTTP/1.1 allows
 * (RFC 9112), because the client takes its share of the same cores.
 */
public final class HttpConnection implements Closeable {
  private static final byte[] NOTHING = {};
  private static final int SILENCE = 60_000; // milliseconds

  /**
   * What came back.
   *
   * @param retryAfter whether it says when to ask again
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Answer(int status, boolean retryAfter, byte[] body) {
    public boolean isSuccess() {
      return status / 100 == 2;
    }

    /** RFC 6585 4, RFC 9110 15.6.4: come back later. */
    public boolean isRefusal() {
      return status == 429 || status == 503;
    }

    @Override
    public String toString() {
      return status + ": " + new String(body, StandardCharsets.UTF_8);
    }
  }

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final byte[] buffer = new byte[16 * 1024];
  private int from;
  private int to;

  public HttpConnection(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(SILENCE);
    in = socket.getInputStream();
    out = socket.getOutputStream();
  }

  /** The bytes of a request with a body. */
  public static byte[] request(String method, String path, String contentType, byte[] body) {
    byte[] start =
        head(method, path, "Content-Type: " + contentType + "\r\nContent-Length: " + body.length);
    byte[] whole = new byte[start.length + body.length];
    System.arraycopy(start, 0, whole, 0, start.length);
    System.arraycopy(body, 0, whole, start.length, body.length);
    return whole;
  }

  /** The bytes of a request without one. */
  public static byte[] get(String path) {
    return head("GET", path, "Accept: */*");
  }

  private static byte[] head(String method, String path, String fields) {
    return (method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** Sends a request and reads the answer. */
  public Answer ask(byte[] request) throws IOException {
    return exchange(request, true);
  }

  /** The same, but a body of success is read and forgotten. */
  public Answer skim(byte[] request) throws IOException {
    return exchange(request, false);
  }

  private Answer exchange(byte[] request, boolean whole) throws IOException {
    out.write(request);
    out.flush();
    int statusLine = line();
    int status = number(statusLine + 9, statusLine + 12, 10);
    int length = 0;
    boolean chunked = false;
    boolean retryAfter = false;
    for (int at = line(); from - at > 2; at = line()) {
      if (isField(at, "content-length:")) {
        length = number(at + 15, from, 10);
      } else if (isField(at, "transfer-encoding:")) {
        chunked = true; // the only one that is used (RFC 9112 7)
      } else if (isField(at, "retry-after:")) {
        retryAfter = true;
      }
    }
    boolean keep = whole || status / 100 != 2;
    return new Answer(status, retryAfter, chunked ? chunks(keep) : exactly(length, keep));
  }

  private byte[] chunks(boolean keep) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream(keep ? 8192 : 0);
    while (true) {
      int at = line();
      int size = number(at, from, 16);
      if (size == 0) {
        line();
        return body.toByteArray();
      }
      body.writeBytes(exactly(size, keep));
      line();
    }
  }

  private byte[] exactly(int count, boolean keep) throws IOException {
    byte[] bytes = keep ? new byte[count] : NOTHING;
    int done = 0;
    while (done < count) {
      if (from == to) {
        from = 0;
        to = 0;
        fill();
      }
      int part = Math.min(count - done, to - from);
      if (keep) {
        System.arraycopy(buffer, from, bytes, done, part);
      }
      from += part;
      done += part;
    }
    return bytes;
  }

  /** Where the next line begins in the buffer; it ends before {@link #from}, with its LF. */
  private int line() throws IOException {
    int seen = from;
    while (true) {
      for (; seen < to; seen++) {
        if (buffer[seen] == '\n') {
          int begin = from;
          from = seen + 1;
          return begin;
        }
      }
      if (from > 0) {
        System.arraycopy(buffer, from, buffer, 0, to - from);
        to -= from;
        seen -= from;
        from = 0;
      }
      if (to == buffer.length) {
        throw new IOException("a line of more than " + buffer.length + " bytes in an answer");
      }
      fill();
    }
  }

  private boolean isField(int at, String name) {
    if (from - at < name.length()) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      int c = buffer[at + i];
      if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Digits after white space, up to what is none. */
  private int number(int begin, int end, int radix) throws IOException {
    int value = -1;
    for (int i = begin; i < end; i++) {
      int digit = Character.digit(buffer[i], radix);
      if (digit >= 0) {
        value = Math.addExact(Math.multiplyExact(Math.max(value, 0), radix), digit);
      } else if (value >= 0 || buffer[i] != ' ') {
        break;
      }
    }
    if (value < 0) {
      throw new IOException("an answer that is no HTTP/1.1");
    }
    return value;
  }

  /** More of what the server sends, behind what is in the buffer. */
  private void fill() throws IOException {
    int count = in.read(buffer, to, buffer.length - to);
    if (count < 0) {
      throw new EOFException("the server closed the connection");
    }
    to += count;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
