package dev.countersign.client.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * An engine that lets nothing through before the peer has been checked, and nothing any more once
 * it is cut.
 *
 * <p>What tells that a handshake has ended is {@code FINISHED}, not a new session: a server of TLS
 * 1.3 has the new session before it has read the client's certificate, and nobody would be refused.
 */
final class CheckedEngine extends DelegatingEngine {
  private final Checkpoint checkpoint;
  private final AtomicReference<@Nullable Runnable> beneath = new AtomicReference<>();
  private boolean prepared;

  // The last record of the handshake was held back: after it no other one can be read by the peer
  private volatile boolean mute;

  CheckedEngine(SSLEngine inner, Endpoint endpoint, Era era) {
    super(inner);
    this.checkpoint = new Checkpoint(endpoint, era, this, this::closeBeneath);
  }

  /**
   * How to close the connection that only the stack has: once, when this is cut, or now if it is.
   */
  void whenCut(Runnable close) {
    beneath.set(close);
    if (checkpoint.isCut()) {
      closeBeneath();
    }
  }

  private void closeBeneath() {
    Runnable close = beneath.getAndSet(null);
    if (close != null) {
      // Not here: the stack may have locks of its own, held by who waits for what is held here
      Thread closing = new Thread(close, "countersign-cut");
      closing.setDaemon(true);
      closing.start();
    }
  }

  /**
   * The last moment before the handshake: whatever the stack has set, a server asks for a
   * certificate, and a client compares the host's name unless that was switched off.
   */
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
  public void beginHandshake() throws SSLException {
    checkpoint.requireOpen();
    prepare();
    super.beginHandshake();
  }

  @Override
  public SSLEngineResult unwrap(ByteBuffer source, ByteBuffer[] targets, int offset, int length)
      throws SSLException {
    if (checkpoint.isCut()) {
      inner.closeOutbound();
      checkpoint.requireOpen();
    }
    prepare();
    SSLEngineResult result;
    try {
      result = inner.unwrap(source, targets, offset, length);
    } catch (SSLException e) {
      throw translated(e);
    }
    if (isToBeChecked(result, result.bytesProduced())) {
      check();
    }
    if (result.bytesProduced() > 0) {
      checkpoint.heard();
    }
    return afterwards(result);
  }

  private SSLException translated(SSLException failure) {
    IOException translated =
        checkpoint.because(failure, getUseClientMode() ? Role.SERVER : Role.CLIENT);
    return translated instanceof SSLException ssl ? ssl : failure;
  }

  /** Called by stacks when the connection has ended beneath them. */
  @Override
  public void closeInbound() throws SSLException {
    try {
      super.closeInbound();
    } catch (SSLException e) {
      throw translated(e);
    }
  }

  @Override
  public SSLEngineResult wrap(ByteBuffer[] sources, int offset, int length, ByteBuffer target)
      throws SSLException {
    if (checkpoint.isCut()) {
      return wrapAfterCut(sources, offset, length, target);
    }
    prepare();
    int position = target.position();
    SSLEngineResult result = inner.wrap(sources, offset, length, target);
    if (isToBeChecked(result, result.bytesConsumed())) {
      try {
        check();
      } catch (SSLException e) {
        if (result.bytesProduced() > 0) {
          // A stack that flushes its buffer after the failure would complete the handshake.
          mute = true;
          target.position(position);
        }
        throw e;
      }
    }
    return afterwards(result);
  }

  private SSLEngineResult wrapAfterCut(
      ByteBuffer[] sources, int offset, int length, ByteBuffer target) throws SSLException {
    inner.closeOutbound();
    for (int i = offset; i < offset + length; i++) {
      if (sources[i].hasRemaining()) {
        checkpoint.requireOpen(); // a result that says closed would hide the reason
      }
    }
    if (mute) {
      return new SSLEngineResult(Status.CLOSED, HandshakeStatus.NOT_HANDSHAKING, 0, 0);
    }
    return afterwards(inner.wrap(new ByteBuffer[] {ByteBuffer.allocate(0)}, 0, 1, target));
  }

  /**
   * @param application bytes of the application that passed, or would, with this result
   */
  private boolean isToBeChecked(SSLEngineResult result, int application) {
    return switch (result.getHandshakeStatus()) {
      case FINISHED -> true;
      case NOT_HANDSHAKING ->
          result.getStatus() == Status.OK
              && (checkpoint.isChecked()
                  ? !checkpoint.hasChecked(inner.getSession())
                  : application > 0);
      default -> application > 0 && !checkpoint.isChecked();
    };
  }

  private void check() throws SSLHandshakeException {
    SSLSession session = inner.getSession();
    try {
      checkpoint.check(
          session,
          getUseClientMode()
              ? Meeting.withServer(inner.getSSLParameters(), inner.getPeerHost())
              : Meeting.withClient());
    } catch (SSLHandshakeException e) {
      inner.closeOutbound();
      throw e;
    }
  }

  private SSLEngineResult afterwards(SSLEngineResult result) {
    if (result.getStatus() == Status.CLOSED && inner.isInboundDone() && inner.isOutboundDone()) {
      checkpoint.over();
    }
    return result;
  }

  @Override
  public boolean isInboundDone() {
    return mute || super.isInboundDone();
  }

  @Override
  public boolean isOutboundDone() {
    return mute || super.isOutboundDone();
  }
}
