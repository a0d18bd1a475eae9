package dev.countersign.client.tls;

import dev.countersign.pki.Certificate;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Asked by JSSE in full handshakes. It is an extended one, so JSSE leaves the comparison of host
 * names to it.
 */
final class PeerTrust extends X509ExtendedTrustManager {
  private final Endpoint endpoint;

  PeerTrust(Endpoint endpoint) {
    this.endpoint = endpoint;
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    endpoint.check(List.of(chain), Meeting.withClient());
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    endpoint.check(List.of(chain), Meeting.withClient());
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    endpoint.check(List.of(chain), Meeting.withClient());
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    if (!(socket instanceof SSLSocket tls)) {
      throw new CertificateException("There is no TLS connection to take the host's name from");
    }
    SSLSession session = tls.getHandshakeSession();
    endpoint.check(
        List.of(chain),
        Meeting.withServer(tls.getSSLParameters(), session == null ? null : session.getPeerHost()));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    endpoint.check(
        List.of(chain), Meeting.withServer(engine.getSSLParameters(), engine.getPeerHost()));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException(
        "Which host was connected to must be known: use the SSLContext, or an engine or socket with"
            + " this trust manager");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return endpoint.generation().paths().roots().stream()
        .map(Certificate::x509)
        .toArray(X509Certificate[]::new);
  }
}
