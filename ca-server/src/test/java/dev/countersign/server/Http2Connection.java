package dev.countersign.server;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** HTTP/2 over TLS, frame by frame (RFC 9113 4.1): a test may send what no client would. */
final class Http2Connection implements AutoCloseable {
  private static final int TIMEOUT = 60_000;
  // RFC 9113 3.4
  static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  // RFC 9113 6
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;
  static final int NO_FRAME = -1;

  static final int END_STREAM = 1;
  static final int ACK = 1;
  static final int END_HEADERS = 4;

  // RFC 9113 6.5.2
  static final int INITIAL_WINDOW_SIZE = 4;
  static final int MAX_CONCURRENT_STREAMS = 3;
  static final int MAX_HEADER_LIST_SIZE = 6;

  // RFC 9113 7
  static final int REFUSED_STREAM = 7;
  static final int ENHANCE_YOUR_CALM = 11;

  private final SSLSocket socket;
  private final DataInputStream in;
  private int lastStream = -1;

  /** One frame as it came. */
  @SuppressWarnings("ArrayRecordComponent")
  record Frame(int type, int flags, int stream, byte[] payload) {
    boolean is(int wanted) {
      return type == wanted;
    }

    /** Of RST_STREAM and GOAWAY. */
    int error() {
      return ByteBuffer.wrap(payload).getInt(type == GOAWAY ? 4 : 0);
    }

    /** The value of a setting that the server announces. */
    Optional<Integer> setting(int id) {
      ByteBuffer settings = ByteBuffer.wrap(payload);
      while (settings.hasRemaining()) {
        int name = settings.getShort();
        int value = settings.getInt();
        if (name == id) {
          return Optional.of(value);
        }
      }
      return Optional.empty();
    }
  }

  private Http2Connection(SSLSocket socket) throws IOException {
    this.socket = socket;
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
  }

  /** After the handshake, before the preface. */
  static Http2Connection silent(URI server, SSLContext context) throws IOException {
    return silent(server, context, InetAddress.getLoopbackAddress());
  }

  private static Http2Connection silent(URI server, SSLContext context, InetAddress from)
      throws IOException {
    SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket();
    socket.bind(new InetSocketAddress(from, 0));
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    socket.setSSLParameters(parameters);
    socket.connect(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort()), TIMEOUT);
    socket.setSoTimeout(TIMEOUT);
    socket.startHandshake();
    if (!socket.getApplicationProtocol().equals("h2")) {
      throw new AssertionError("not HTTP/2 but " + socket.getApplicationProtocol());
    }
    return new Http2Connection(socket);
  }

  /** Ready for requests; {@code settings} are ours. */
  static Http2Connection open(URI server, SSLContext context, Map<Integer, Integer> settings)
      throws IOException {
    Http2Connection connection = silent(server, context);
    connection.preface(settings);
    return connection;
  }

  /** From another address of this machine, which nobody else uses. */
  static Http2Connection openFrom(InetAddress from, URI server, SSLContext context)
      throws IOException {
    Http2Connection connection = silent(server, context, from);
    connection.preface(Map.of());
    return connection;
  }

  void preface(Map<Integer, Integer> settings) throws IOException {
    ByteBuffer payload = ByteBuffer.allocate(6 * settings.size());
    settings.forEach((id, value) -> payload.putShort(id.shortValue()).putInt(value));
    socket.getOutputStream().write(PREFACE);
    send(SETTINGS, 0, 0, payload.array());
  }

  void send(int type, int flags, int stream, byte[] payload) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
    frame.putInt(payload.length << 8 | type).put((byte) flags).putInt(stream).put(payload);
    socket.getOutputStream().write(frame.array());
    socket.getOutputStream().flush();
  }

  void write(int octet) throws IOException {
    socket.getOutputStream().write(octet);
    socket.getOutputStream().flush();
  }

  /** A whole request without a body; its stream. */
  int get(String path) throws IOException {
    int stream = nextStream();
    send(HEADERS, END_HEADERS | END_STREAM, stream, head("GET", path, Map.of()));
    return stream;
  }

  int post(String path, String type, byte[] body) throws IOException {
    int stream = nextStream();
    send(HEADERS, END_HEADERS, stream, head("POST", path, Map.of("content-type", type)));
    send(DATA, END_STREAM, stream, body);
    return stream;
  }

  int nextStream() {
    lastStream += 2;
    return lastStream;
  }

  /** RFC 7541 6.2.2: literals without indexing, in plain octets. */
  static byte[] head(String method, String path, Map<String, String> fields) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    field(block, ":method", method);
    field(block, ":scheme", "https");
    field(block, ":authority", "localhost");
    field(block, ":path", path);
    fields.forEach((name, value) -> field(block, name, value));
    return block.toByteArray();
  }

  private static void field(ByteArrayOutputStream block, String name, String value) {
    block.write(0);
    string(block, name);
    string(block, value);
  }

  // RFC 7541 5.1, 5.2
  private static void string(ByteArrayOutputStream block, String text) {
    int length = text.length();
    if (length < 127) {
      block.write(length);
    } else {
      block.write(127);
      int rest = length - 127;
      for (; rest >= 128; rest /= 128) {
        block.write(rest % 128 + 128);
      }
      block.write(rest);
    }
    block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** The next frame; empty when the server has closed. */
  Optional<Frame> next() {
    try {
      int lengthAndType = in.readInt();
      int flags = in.readUnsignedByte();
      int stream = in.readInt();
      byte[] payload = new byte[lengthAndType >>> 8];
      in.readFully(payload);
      return Optional.of(new Frame(lengthAndType & 0xff, flags, stream, payload));
    } catch (EOFException | SocketException | javax.net.ssl.SSLException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new AssertionError("nothing came, and the server did not close", e);
    }
  }

  /** The next frame if one begins within so many milliseconds. */
  Optional<Frame> poll(int milliseconds) throws IOException {
    socket.setSoTimeout(milliseconds);
    try {
      in.mark(1);
      if (in.read() < 0) {
        throw new EOFException("the server has closed");
      }
      in.reset();
    } catch (java.net.SocketTimeoutException e) {
      return Optional.empty();
    } finally {
      socket.setSoTimeout(TIMEOUT);
    }
    return next();
  }

  /** Passes over all frames of other types. */
  Frame next(int type) {
    for (Optional<Frame> frame = next(); frame.isPresent(); frame = next()) {
      if (frame.get().is(type)) {
        return frame.get();
      }
    }
    throw new AssertionError("the server closed without a frame of type " + type);
  }

  /** The code of the GOAWAY, if one came before the close. */
  Optional<Integer> untilClosed() {
    Optional<Integer> error = Optional.empty();
    for (Optional<Frame> frame = next(); frame.isPresent(); frame = next()) {
      if (frame.get().is(GOAWAY)) {
        error = Optional.of(frame.get().error());
      }
    }
    return error;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
