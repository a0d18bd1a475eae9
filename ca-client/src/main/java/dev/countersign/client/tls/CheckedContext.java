package dev.countersign.client.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** The one context that is handed out: what it makes is made by the generation in force. */
final class CheckedContext extends SSLContext {
  private static final int USUAL_BACKLOG = 50; // as in java.net.ServerSocket

  private CheckedContext(Spi spi, SSLContext like) {
    super(spi, like.getProvider(), like.getProtocol());
  }

  static CheckedContext of(Endpoint endpoint) {
    return new CheckedContext(new Spi(endpoint), endpoint.generation().inner());
  }

  private static final class Spi extends SSLContextSpi {
    private final Endpoint endpoint;

    Spi(Endpoint endpoint) {
      this.endpoint = endpoint;
    }

    @Override
    protected void engineInit(
        KeyManager @Nullable [] keys,
        TrustManager @Nullable [] trust,
        @Nullable SecureRandom random) {
      throw new IllegalStateException(
          "This SSLContext has the keys and the trust of its MutualTls, and takes no others");
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
      return new CheckedSocketFactory(endpoint);
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
      return new Servers(endpoint);
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
      Generation generation = endpoint.open();
      return new CheckedEngine(generation.inner().createSSLEngine(), endpoint, generation.era());
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
      Generation generation = endpoint.open();
      return new CheckedEngine(
          generation.inner().createSSLEngine(host, port), endpoint, generation.era());
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
      return endpoint.serverSessions();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
      return endpoint.clientSessions();
    }

    /** What many servers start from; clients ignore that certificates are needed. */
    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
      SSLParameters parameters = endpoint.generation().inner().getDefaultSSLParameters();
      parameters.setNeedClientAuth(endpoint.needsClientCertificates());
      return parameters;
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
      return endpoint.generation().inner().getSupportedSSLParameters();
    }
  }

  private static final class Servers extends SSLServerSocketFactory {
    private final Endpoint endpoint;

    Servers(Endpoint endpoint) {
      this.endpoint = endpoint;
    }

    @Override
    public String[] getDefaultCipherSuites() {
      return endpoint.generation().inner().getServerSocketFactory().getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
      return endpoint.generation().inner().getServerSocketFactory().getSupportedCipherSuites();
    }

    @Override
    public ServerSocket createServerSocket() throws IOException {
      return new CheckedServerSocket(endpoint);
    }

    @Override
    public ServerSocket createServerSocket(int port) throws IOException {
      return new CheckedServerSocket(endpoint, port, USUAL_BACKLOG, null);
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog) throws IOException {
      return new CheckedServerSocket(endpoint, port, backlog, null);
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog, @Nullable InetAddress address)
        throws IOException {
      return new CheckedServerSocket(endpoint, port, backlog, address);
    }
  }
}
