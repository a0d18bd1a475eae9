package dev.countersign.stacks.tomcat;

import dev.countersign.client.tls.MutualTls;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManager;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SSLContext;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;
import org.apache.tomcat.util.net.SSLUtil;
import org.apache.tomcat.util.net.SecureNioChannel;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/** HTTP over a {@code MutualTls}, whose connections are closed at once when they are cut. */
public final class MutualTlsProtocol extends Http11NioProtocol {
  /**
   * Gives this TLS to a connector that was made with this protocol, by {@code new
   * Connector(MutualTlsProtocol.class.getName())}.
   */
  public static void secure(Connector connector, MutualTls tls) {
    if (!(connector.getProtocolHandler() instanceof MutualTlsProtocol protocol)) {
      throw new IllegalArgumentException(
          "The connector's protocol is "
              + connector.getProtocolHandlerClassName()
              + ": make it with "
              + MutualTlsProtocol.class.getName());
    }
    SSLHostConfig host = new SSLHostConfig();
    host.setCertificateVerification("required");
    SSLHostConfigCertificate certificate =
        new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.UNDEFINED);
    certificate.setSslContext(
        protocol
        .new Context(
            SSLUtil.createSSLContext(tls.context(), tls.keyManager(), tls.trustManager())));
    host.addCertificate(certificate);
    connector.setProperty("SSLEnabled", "true");
    connector.setSecure(true);
    connector.setScheme("https");
    connector.addSslHostConfig(host);
  }

  /** Rare, so it looks through all. */
  private void close(SSLEngine cut) {
    for (SocketWrapperBase<NioChannel> connection : getEndpoint().getConnections()) {
      if (connection.getSocket() instanceof SecureNioChannel channel
          && channel.getSslEngine() == cut) {
        connection.close();
      }
    }
  }

  private final class Context implements SSLContext {
    private final SSLContext inner;

    Context(SSLContext inner) {
      this.inner = inner;
    }

    @Override
    public SSLEngine createSSLEngine() {
      SSLEngine engine = inner.createSSLEngine();
      MutualTls.whenCut(engine, () -> close(engine));
      return engine;
    }

    @Override
    public void init(
        KeyManager @Nullable [] keys,
        TrustManager @Nullable [] trust,
        @Nullable SecureRandom random) {
      throw new IllegalStateException("It has the keys and the trust of its MutualTls");
    }

    @Override
    public void destroy() {
      inner.destroy();
    }

    @Override
    public SSLSessionContext getServerSessionContext() {
      return inner.getServerSessionContext();
    }

    @Override
    public SSLServerSocketFactory getServerSocketFactory() {
      return inner.getServerSocketFactory();
    }

    @Override
    public SSLParameters getSupportedSSLParameters() {
      return inner.getSupportedSSLParameters();
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return inner.getCertificateChain(alias);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return inner.getAcceptedIssuers();
    }
  }
}
