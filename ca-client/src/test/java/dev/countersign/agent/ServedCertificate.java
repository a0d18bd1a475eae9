package dev.countersign.agent;

import dev.countersign.client.Credential;
import dev.countersign.client.TlsIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A server that serves what it has loaded, until it is told to load. */
final class ServedCertificate implements AutoCloseable {
  private volatile Credential loaded;
  final AtomicInteger handshakes = new AtomicInteger();
  private final java.net.ServerSocket listener;
  private final Thread thread = new Thread(this::run, "served");

  private ServedCertificate(Credential first) throws IOException {
    loaded = first;
    listener = new java.net.ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    thread.setDaemon(true);
    thread.start();
  }

  static ServedCertificate start(Credential first) throws IOException {
    return new ServedCertificate(first);
  }

  int port() {
    return listener.getLocalPort();
  }

  void serve(Credential next) {
    loaded = next;
  }

  private void run() {
    while (!listener.isClosed()) {
      try (java.net.Socket plain = listener.accept();
          SSLSocket tls =
              (SSLSocket)
                  context(loaded)
                      .getSocketFactory()
                      .createSocket(plain, (java.io.InputStream) null, true)) {
        tls.startHandshake();
        handshakes.incrementAndGet();
      } catch (IOException | GeneralSecurityException e) {
        // the next one
      }
    }
  }

  private static SSLContext context(Credential credential) throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        new KeyManager[] {new TlsIdentity(credential.privateKey(), credential.fullChain())},
        null,
        null);
    return context;
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
