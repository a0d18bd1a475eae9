package dev.countersign.client.tls;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Accepts on a plain socket and puts TLS of the generation in force over each connection: a server
 * socket of an {@code SSLContext} keeps that context for ever.
 */
final class CheckedServerSocket extends SSLServerSocket {
  private final Endpoint endpoint;

  // Holds the settings, whatever this JDK knows of them
  private final SSLEngine settings;

  CheckedServerSocket(Endpoint endpoint) throws IOException {
    super();
    this.endpoint = endpoint;
    this.settings = settings(endpoint);
  }

  CheckedServerSocket(Endpoint endpoint, int port, int backlog, @Nullable InetAddress address)
      throws IOException {
    super(port, backlog, address);
    this.endpoint = endpoint;
    this.settings = settings(endpoint);
  }

  private static SSLEngine settings(Endpoint endpoint) {
    SSLEngine engine = endpoint.open().inner().createSSLEngine();
    engine.setUseClientMode(false);
    engine.setNeedClientAuth(endpoint.needsClientCertificates());
    return engine;
  }

  @Override
  public Socket accept() throws IOException {
    Socket transport = new Socket();
    implAccept(transport);
    try {
      Generation generation = endpoint.open();
      SSLSocketFactory factory = generation.inner().getSocketFactory();
      SSLSocket socket = (SSLSocket) factory.createSocket(transport, (InputStream) null, true);
      socket.setUseClientMode(settings.getUseClientMode());
      socket.setEnableSessionCreation(settings.getEnableSessionCreation());
      socket.setSSLParameters(settings.getSSLParameters());
      return new CheckedSocket(socket, transport, endpoint, generation.era());
    } catch (IOException | RuntimeException e) {
      transport.close();
      throw e;
    }
  }

  @Override
  public String[] getEnabledCipherSuites() {
    return settings.getEnabledCipherSuites();
  }

  @Override
  public void setEnabledCipherSuites(String[] suites) {
    settings.setEnabledCipherSuites(suites);
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return settings.getSupportedCipherSuites();
  }

  @Override
  public String[] getSupportedProtocols() {
    return settings.getSupportedProtocols();
  }

  @Override
  public String[] getEnabledProtocols() {
    return settings.getEnabledProtocols();
  }

  @Override
  public void setEnabledProtocols(String[] protocols) {
    settings.setEnabledProtocols(protocols);
  }

  @Override
  public void setNeedClientAuth(boolean need) {
    settings.setNeedClientAuth(need);
  }

  @Override
  public boolean getNeedClientAuth() {
    return settings.getNeedClientAuth();
  }

  @Override
  public void setWantClientAuth(boolean want) {
    settings.setWantClientAuth(want);
  }

  @Override
  public boolean getWantClientAuth() {
    return settings.getWantClientAuth();
  }

  @Override
  public void setUseClientMode(boolean client) {
    settings.setUseClientMode(client);
  }

  @Override
  public boolean getUseClientMode() {
    return settings.getUseClientMode();
  }

  @Override
  public void setEnableSessionCreation(boolean create) {
    settings.setEnableSessionCreation(create);
  }

  @Override
  public boolean getEnableSessionCreation() {
    return settings.getEnableSessionCreation();
  }

  @Override
  public SSLParameters getSSLParameters() {
    return settings.getSSLParameters();
  }

  @Override
  public void setSSLParameters(SSLParameters parameters) {
    settings.setSSLParameters(parameters);
  }
}
