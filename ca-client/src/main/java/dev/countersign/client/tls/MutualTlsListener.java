package dev.countersign.client.tls;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;

/**
 * Hears what happens. Called on the thread where it happens, often one that a handshake waits for:
 * be quick, and do not throw.
 */
public interface MutualTlsListener {
  /** A handshake was refused, by either side. */
  default void refused(PeerRefused why) {}

  /**
   * A live connection is cut, because its peer is no longer accepted. A socket is closed already.
   * An engine lets no byte through any more, but has no hold on its connection: it is closed by
   * what was handed to {@link MutualTls#whenCut}, or ends with the next byte.
   *
   * @param connection the {@link SSLEngine} or {@link SSLSocket} that the context gave out
   */
  default void cutOff(Object connection, PeerRefused why) {}

  /** New key, certificate, roots or denials are in use. */
  default void loaded(MutualTls.Status status) {}

  /**
   * Something did not work and will be tried again; what was loaded last stays in use.
   *
   * @param what happened and what to do, in whole sentences
   */
  default void trouble(String what) {}
}
