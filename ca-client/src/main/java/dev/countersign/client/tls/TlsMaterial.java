package dev.countersign.client.tls;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * What one context of a TLS library is made with that takes no {@code SSLContext}, such as OpenSSL.
 * Such a library asks no trust manager when a session is resumed, and would let in who is denied.
 * So whoever uses this, which is glue, must
 *
 * <ul>
 *   <li>make a new context when this is not {@link #isCurrent} any more, with new session tickets
 *       and no sessions of before;
 *   <li>call {@link #check} at the end of every handshake, before a byte of the application passes
 *       in or out, and let none pass if that throws or was never reached.
 * </ul>
 */
public final class TlsMaterial {
  private final Endpoint endpoint;
  private final Generation generation;

  TlsMaterial(Endpoint endpoint, Generation generation) {
    this.endpoint = endpoint;
    this.generation = generation;
  }

  /**
   * False from the next change of key, certificate or roots on, or when sessions must be forgotten.
   */
  public boolean isCurrent() {
    return endpoint.generation().inner() == generation.inner();
  }

  /** With one key, as long as this is used. */
  public X509ExtendedKeyManager keyManager() {
    return generation.identity();
  }

  public X509ExtendedTrustManager trustManager() {
    return endpoint.trust();
  }

  /** Whether a server must ask its clients for a certificate; otherwise it may. */
  public boolean needsClientCertificates() {
    return endpoint.needsClientCertificates();
  }

  /**
   * Checks the peer of a connection whose handshake, full or resumed, has just ended. From then on
   * the connection is one of those that are cut when their peer is no longer accepted.
   *
   * @param close ends the connection at once; called when it is cut, on the thread that cuts. It
   *     must not wait for anything.
   * @return to be kept as long as the connection lives, and closed at its end
   * @throws SSLHandshakeException caused by a {@link PeerRefused}
   */
  public Admission check(SSLEngine engine, Runnable close) throws SSLHandshakeException {
    Checkpoint checkpoint = new Checkpoint(endpoint, generation.era(), engine, close);
    checkpoint.check(engine.getSession(), meeting(engine));
    return new Admission(checkpoint);
  }

  private static Meeting meeting(SSLEngine engine) {
    if (!engine.getUseClientMode()) {
      return Meeting.withClient();
    }
    SSLParameters parameters = engine.getSSLParameters();
    if (parameters.getEndpointIdentificationAlgorithm() == null) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
    }
    return Meeting.withServer(parameters, engine.getPeerHost());
  }

  /** A live connection whose peer was accepted. It is found only as long as somebody holds this. */
  public static final class Admission implements AutoCloseable {
    private final Checkpoint checkpoint;

    private Admission(Checkpoint checkpoint) {
      this.checkpoint = checkpoint;
    }

    /** The connection has ended by itself. */
    @Override
    public void close() {
      checkpoint.over();
    }
  }
}
