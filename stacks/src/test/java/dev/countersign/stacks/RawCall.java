package dev.countersign.stacks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;

/** HTTP/1.1 over a socket, with a look at the session. */
final class RawCall implements Call {
  private final SSLSocket socket;

  RawCall(SSLContext context, String protocol, int port) throws IOException {
    socket = (SSLSocket) context.getSocketFactory().createSocket("localhost", port);
    socket.setSoTimeout(60_000);
    socket.setEnabledProtocols(new String[] {protocol});
    try {
      socket.startHandshake();
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  @Override
  public long session() {
    return socket.getSession().getCreationTime();
  }

  @Override
  public String serverSerial() throws SSLPeerUnverifiedException {
    return ((java.security.cert.X509Certificate) socket.getSession().getPeerCertificates()[0])
        .getSerialNumber()
        .toString(16);
  }

  @Override
  public String get() throws IOException {
    socket
        .getOutputStream()
        .write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    InputStream in = socket.getInputStream();
    String head = untilBlankLine(in).toLowerCase(Locale.ROOT);
    int length = head.indexOf("content-length:");
    if (length >= 0) {
      int begin = length + "content-length:".length();
      int size = Integer.parseInt(head.substring(begin, head.indexOf('\r', begin)).trim());
      return new String(in.readNBytes(size), StandardCharsets.US_ASCII);
    }
    StringBuilder body = new StringBuilder(); // chunked
    while (true) {
      int size = Integer.parseInt(line(in), 16);
      body.append(new String(in.readNBytes(size), StandardCharsets.US_ASCII));
      line(in);
      if (size == 0) {
        return body.toString();
      }
    }
  }

  @Override
  public void awaitEnd() throws SocketTimeoutException {
    try {
      assertThat(socket.getInputStream().read()).as("nothing was asked").isEqualTo(-1);
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (IOException e) {
      // Ended all the same: with an exception if the server did not say goodbye.
    }
  }

  private static String untilBlankLine(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      head.append(line).append("\r\n");
    }
    return head.toString();
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the connection ended");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
