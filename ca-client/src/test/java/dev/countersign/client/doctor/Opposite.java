package dev.countersign.client.doctor;

import dev.countersign.client.TlsIdentity;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.testing.OwnThread;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/** A TLS server in Java on loopback, as its owner has configured it. */
final class Opposite implements AutoCloseable {
  private final SSLServerSocket door;

  Opposite(KeyManager keys, TrustManager trust, Consumer<SSLServerSocket> settings) {
    SSLContext context = context(keys, trust);
    try {
      door =
          (SSLServerSocket)
              context
                  .getServerSocketFactory()
                  .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
      settings.accept(door);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    OwnThread.run(this::accept);
  }

  static SSLContext context(KeyManager keys, TrustManager trust) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {keys}, new TrustManager[] {trust}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static Opposite needing(PrivateKey key, List<Certificate> chain, TrustManager trust) {
    return new Opposite(new TlsIdentity(key, chain), trust, d -> d.setNeedClientAuth(true));
  }

  int port() {
    return door.getLocalPort();
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        SSLSocket socket = (SSLSocket) door.accept();
        OwnThread.run(() -> serve(socket));
      } catch (IOException e) {
        // closed
      }
    }
  }

  private static void serve(SSLSocket socket) {
    try (socket) {
      socket.startHandshake();
      while (socket.getInputStream().read() >= 0) {
        // whatever a client has to say
      }
    } catch (IOException e) {
      // it has gone, or was refused
    }
  }

  /** As the JDK does it, by these roots. */
  static TrustManager trusting(Certificate... roots) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (int i = 0; i < roots.length; i++) {
        store.setCertificateEntry("root" + i, roots[i].x509());
      }
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(store);
      return factory.getTrustManagers()[0];
    } catch (GeneralSecurityException | IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The same, and then asks this too. */
  static TrustManager trusting(Certificate root, Verdict verdict) {
    return new Judging(
        (X509TrustManager) trusting(root), verdict, new X509Certificate[] {root.x509()});
  }

  /** As those do it that want to be done with it. */
  static TrustManager anybody(Certificate... named) {
    X509Certificate[] names =
        java.util.Arrays.stream(named).map(Certificate::x509).toArray(X509Certificate[]::new);
    return new Judging(null, chain -> {}, names);
  }

  /** What a server has against a client. */
  interface Verdict {
    void on(X509Certificate[] chain) throws CertificateException;
  }

  private static final class Judging extends X509ExtendedTrustManager {
    private final @org.jspecify.annotations.Nullable X509TrustManager first;
    private final Verdict verdict;
    private final X509Certificate[] names;

    Judging(
        @org.jspecify.annotations.Nullable X509TrustManager first,
        Verdict verdict,
        X509Certificate[] names) {
      this.first = first;
      this.verdict = verdict;
      this.names = names;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      if (first != null) {
        first.checkClientTrusted(chain, authType);
      }
      verdict.on(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      checkClientTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return names.clone();
    }
  }

  @Override
  public void close() {
    try {
      door.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
