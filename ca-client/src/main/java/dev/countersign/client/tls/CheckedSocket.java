package dev.countersign.client.tls;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A socket that lets nothing through before the peer has been checked, and that is closed at once
 * when it is cut, also while nobody reads or writes.
 */
final class CheckedSocket extends DelegatingSocket {
  private final Checkpoint checkpoint;
  private final ReentrantLock handshaking = new ReentrantLock();
  private boolean prepared;

  // By the application, not by the peer
  private volatile boolean ended;
  private @Nullable InputStream in;
  private @Nullable OutputStream out;

  /**
   * @param transport beneath the inner socket, which closes without waiting for anybody; the inner
   *     socket itself where it is its own
   */
  CheckedSocket(SSLSocket inner, Socket transport, Endpoint endpoint, Era era) {
    super(inner);
    this.checkpoint = new Checkpoint(endpoint, era, this, () -> closeNow(transport));
  }

  private static void closeNow(Socket transport) {
    if (transport instanceof SSLSocket) {
      Thread closing = new Thread(() -> close(transport), "countersign-cut");
      closing.setDaemon(true);
      closing.start();
    } else {
      close(transport);
    }
  }

  private static void close(Socket transport) {
    try {
      if (transport instanceof SSLSocket) {
        // JSSE waits so long, at most, for a writer whom the peer keeps waiting
        transport.setSoLinger(true, 1);
      }
      transport.close();
    } catch (IOException e) {
      // then it is closed
    }
  }

  private Role peer() {
    return getUseClientMode() ? Role.SERVER : Role.CLIENT;
  }

  /** As in {@link CheckedEngine}: the last moment before the handshake. */
  private void prepare() {
    if (!prepared) {
      prepared = true;
      if (getUseClientMode()) {
        SSLParameters parameters = inner.getSSLParameters();
        if (parameters.getEndpointIdentificationAlgorithm() == null) {
          parameters.setEndpointIdentificationAlgorithm("HTTPS");
          inner.setSSLParameters(parameters);
        }
      } else if (checkpoint.endpoint().needsClientCertificates()) {
        inner.setNeedClientAuth(true);
      }
    }
  }

  @Override
  public void startHandshake() throws IOException {
    handshaking.lock();
    try {
      checkpoint.requireOpen();
      prepare();
      inner.startHandshake();
      check();
    } catch (IOException e) {
      throw checkpoint.because(e, peer());
    } finally {
      handshaking.unlock();
    }
  }

  /** Before each read and write: the first one shakes hands. */
  private void pass() throws IOException {
    checkpoint.requireOpen();
    if (!checkpoint.isChecked()) {
      startHandshake();
    } else {
      checkAgain();
    }
  }

  /** In TLS 1.2 a peer may shake hands again, and show another certificate. */
  private void checkAgain() throws IOException {
    if (!checkpoint.hasChecked(inner.getSession())) {
      handshaking.lock();
      try {
        check();
      } finally {
        handshaking.unlock();
      }
    }
  }

  private void check() throws IOException {
    SSLSession session = inner.getSession();
    if (checkpoint.hasChecked(session)) {
      return;
    }
    try {
      checkpoint.check(
          session,
          getUseClientMode()
              ? Meeting.withServer(inner.getSSLParameters(), session.getPeerHost())
              : Meeting.withClient());
    } catch (SSLException e) {
      inner.close();
      throw e;
    }
  }

  /** Shakes hands if need be; JSSE's own answer for a handshake that failed is an empty session. */
  @Override
  public SSLSession getSession() {
    try {
      pass();
      return inner.getSession();
    } catch (IOException e) {
      return checkpoint.endpoint().generation().inner().createSSLEngine().getSession();
    }
  }

  @Override
  public InputStream getInputStream() throws IOException {
    if (in == null) {
      in = new CheckedInput(inner.getInputStream());
    }
    return in;
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    if (out == null) {
      out = new CheckedOutput(inner.getOutputStream());
    }
    return out;
  }

  /** Whoever says that it has said all may well wait for the end alone. */
  @Override
  public void shutdownOutput() throws IOException {
    ended = true;
    super.shutdownOutput();
  }

  @Override
  public void close() throws IOException {
    ended = true;
    checkpoint.over();
    super.close();
  }

  private final class CheckedInput extends FilterInputStream {
    CheckedInput(InputStream source) {
      super(source);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      pass();
      int count;
      try {
        count = in.read(target, offset, length);
      } catch (IOException e) {
        throw checkpoint.because(e, peer());
      }
      checkpoint.requireOpen();
      checkAgain();
      if (count > 0) {
        checkpoint.heard();
      } else if (count < 0 && peer() == Role.SERVER && !ended) {
        checkpoint.requireAnswer();
      }
      return count;
    }

    @Override
    public long skip(long count) throws IOException {
      byte[] skipped = new byte[(int) Math.min(count, 8192)];
      return Math.max(0, read(skipped, 0, skipped.length));
    }

    @Override
    public void close() throws IOException {
      CheckedSocket.this.close();
    }
  }

  private final class CheckedOutput extends FilterOutputStream {
    CheckedOutput(OutputStream target) {
      super(target);
    }

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      pass();
      try {
        out.write(source, offset, length);
        checkpoint.said();
      } catch (IOException e) {
        throw checkpoint.because(e, peer());
      }
    }

    @Override
    public void close() throws IOException {
      CheckedSocket.this.close();
    }
  }
}
