package dev.countersign.server.http;

import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http2.WindowRateControl;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/**
 * TLS 1.3 and 1.2 with HTTP/2 and HTTP/1.1 on top. A client certificate is wanted, not needed: most
 * calls prove who asks in another way.
 */
final class TlsEndpoint {
  // RFC 9113 6.5.2 recommends no less than 100
  private static final int STREAMS = 128;
  // Resets, PINGs, settings, empty frames (RFC 9113 10.5): more in a second end the connection
  private static final int ODDITIES = 128;

  private final SslContextFactory.Server context = new SslContextFactory.Server();

  TlsEndpoint(TlsMaterial material) {
    apply(material);
    context.setIncludeProtocols("TLSv1.3", "TLSv1.2");
    context.setWantClientAuth(true);
    context.setRenegotiationAllowed(false);
    context.setEndpointIdentificationAlgorithm(null);
  }

  ConnectionFactory[] factories(HttpConfiguration http) {
    // Callers may use any of our names or addresses; the doors check the URL that was signed
    http.addCustomizer(new SecureRequestCustomizer(false));
    HTTP2ServerConnectionFactory http2 = new HTTP2ServerConnectionFactory(http);
    http2.setMaxConcurrentStreams(STREAMS);
    http2.setRateControlFactory(new WindowRateControl.Factory(ODDITIES));
    ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
    alpn.setDefaultProtocol("http/1.1");
    return new ConnectionFactory[] {
      new SslConnectionFactory(context, alpn.getProtocol()),
      alpn,
      http2,
      new HttpConnectionFactory(http)
    };
  }

  void reload(TlsMaterial material) {
    try {
      context.reload(same -> apply(material));
    } catch (Exception e) {
      throw new IllegalStateException("cannot load the new HTTPS certificate", e);
    }
  }

  private void apply(TlsMaterial material) {
    context.setKeyStore(material.keyStore());
    context.setKeyStorePassword(TlsMaterial.PASSWORD);
    context.setTrustStore(material.trustStore());
  }
}
