package dev.countersign.client.tls;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** Each socket is made by the generation in force at that moment. */
final class CheckedSocketFactory extends SSLSocketFactory {
  private final Endpoint endpoint;

  CheckedSocketFactory(Endpoint endpoint) {
    this.endpoint = endpoint;
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return endpoint.generation().inner().getSocketFactory().getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return endpoint.generation().inner().getSocketFactory().getSupportedCipherSuites();
  }

  @Override
  public Socket createSocket() throws IOException {
    Generation generation = endpoint.open();
    SSLSocket socket = (SSLSocket) generation.inner().getSocketFactory().createSocket();
    return new CheckedSocket(socket, socket, endpoint, generation.era());
  }

  @Override
  public Socket createSocket(Socket transport, String host, int port, boolean autoClose)
      throws IOException {
    return over(transport, host, port, autoClose);
  }

  private CheckedSocket over(Socket transport, String host, int port, boolean autoClose)
      throws IOException {
    Generation generation = endpoint.open();
    SSLSocketFactory factory = generation.inner().getSocketFactory();
    SSLSocket socket = (SSLSocket) factory.createSocket(transport, host, port, autoClose);
    return new CheckedSocket(socket, transport, endpoint, generation.era());
  }

  /** As a server, over a connection of which something has been read already. */
  @Override
  public Socket createSocket(Socket transport, @Nullable InputStream consumed, boolean autoClose)
      throws IOException {
    Generation generation = endpoint.open();
    SSLSocketFactory factory = generation.inner().getSocketFactory();
    SSLSocket socket = (SSLSocket) factory.createSocket(transport, consumed, autoClose);
    return new CheckedSocket(socket, transport, endpoint, generation.era());
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return connected(new InetSocketAddress(host, port), null, host);
  }

  @Override
  public Socket createSocket(String host, int port, @Nullable InetAddress local, int localPort)
      throws IOException {
    return connected(
        new InetSocketAddress(host, port), new InetSocketAddress(local, localPort), host);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return connected(new InetSocketAddress(host, port), null, host.getHostAddress());
  }

  @Override
  public Socket createSocket(InetAddress host, int port, @Nullable InetAddress local, int localPort)
      throws IOException {
    return connected(
        new InetSocketAddress(host, port),
        new InetSocketAddress(local, localPort),
        host.getHostAddress());
  }

  /** Over a socket of our own, so that it can be closed without waiting for TLS. */
  private CheckedSocket connected(
      InetSocketAddress address, @Nullable InetSocketAddress local, String host)
      throws IOException {
    Socket transport = new Socket();
    try {
      if (local != null) {
        transport.bind(local);
      }
      if (address.isUnresolved()) {
        throw new java.net.UnknownHostException(host);
      }
      transport.connect(address);
      return over(transport, host, address.getPort(), true);
    } catch (IOException | RuntimeException e) {
      transport.close();
      throw e;
    }
  }
}
