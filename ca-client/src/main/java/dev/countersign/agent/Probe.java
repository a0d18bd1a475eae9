package dev.countersign.agent;

import dev.countersign.client.Credential;
import dev.countersign.client.TlsIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Asks a server which certificate it serves, whether that can be trusted or not. */
final class Probe {
  private static final String POSTGRES = "postgres://";
  // SSLRequest, and the answer to it: PostgreSQL 55.2.10
  private static final byte[] SSL_REQUEST = {0, 0, 0, 8, 4, (byte) 0xd2, 22, 47};
  private static final int WILLING = 'S';

  private final boolean postgres;
  private final String host;
  private final int port;

  private Probe(boolean postgres, String host, int port) {
    this.postgres = postgres;
    this.host = host;
    this.port = port;
  }

  /**
   * Where to look.
   *
   * @param place as {@link Hook} takes it
   */
  static Probe at(String place) {
    boolean postgres = place.startsWith(POSTGRES);
    String rest = postgres ? place.substring(POSTGRES.length()) : place;
    int colon = rest.lastIndexOf(':');
    String host = rest.substring(0, colon).replace("[", "").replace("]", "");
    return new Probe(postgres, host, Integer.parseInt(rest.substring(colon + 1)));
  }

  /**
   * The certificate that is served.
   *
   * @param shown to a server that asks who we are
   */
  X509Certificate served(Credential shown, Duration longest) throws IOException {
    Served served = new Served();
    try (Socket plain = new Socket()) {
      // The time-out is for each byte; this is for all of them
      CompletableFuture.delayedExecutor(longest.toMillis(), TimeUnit.MILLISECONDS)
          .execute(() -> closeQuietly(plain));
      int millis = (int) Math.min(Math.max(1, longest.toMillis()), 5_000);
      plain.connect(new InetSocketAddress(host, port), millis);
      plain.setSoTimeout(millis);
      if (postgres) {
        plain.getOutputStream().write(SSL_REQUEST);
        InputStream in = plain.getInputStream();
        if (in.read() != WILLING) {
          throw new IOException("it does not offer TLS");
        }
      }
      try (SSLSocket tls = (SSLSocket) layered(plain, served, shown)) {
        tls.startHandshake();
      } catch (IOException e) {
        if (served.leaf == null) {
          throw e;
        } // it does not want us, and has shown itself
      }
    }
    X509Certificate leaf = served.leaf;
    if (leaf == null) {
      throw new IOException("it shows none");
    }
    return leaf;
  }

  private Socket layered(Socket plain, Served served, Credential shown) throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          new KeyManager[] {new TlsIdentity(shown.privateKey(), shown.fullChain())},
          new TrustManager[] {served},
          null);
      return context.getSocketFactory().createSocket(plain, host, port, true);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This Java has no TLS", e);
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // it is of no use any more
    }
  }

  @Override
  public String toString() {
    return (postgres ? "PostgreSQL at " : "") + host + ":" + port;
  }

  /** Keeps what was presented, whoever it is: nothing is sent to it but the handshake. */
  private static final class Served implements X509TrustManager {
    private @Nullable X509Certificate leaf;

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {
      leaf = chain[0];
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {
      throw new IllegalStateException("This side is a client");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
