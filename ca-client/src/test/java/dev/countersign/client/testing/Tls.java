package dev.countersign.client.testing;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.testing.TestCa;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** A server's TLS that shows its whole chain, the root too, and takes any client certificate. */
public final class Tls {
  private Tls() {}

  public static SSLContext server(TestCa.Credential own, Certificate root) {
    return server(own, root, List.of());
  }

  /** Asks for a client certificate of these, but takes any. */
  public static SSLContext server(
      TestCa.Credential own, Certificate root, List<X509Certificate> authorities) {
    try {
      List<Certificate> chain = new ArrayList<>(own.chain());
      chain.add(root);
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "own",
          own.key().getPrivate(),
          "x".toCharArray(),
          chain.stream().map(Certificate::x509).toArray(X509Certificate[]::new));
      KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
      keys.init(store, "x".toCharArray());
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), new TrustManager[] {new Anybody(authorities)}, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new AssertionError(e);
    }
  }

  private static final class Anybody implements X509TrustManager {
    private final List<X509Certificate> authorities;

    Anybody(List<X509Certificate> authorities) {
      this.authorities = authorities;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return authorities.toArray(X509Certificate[]::new);
    }
  }
}
