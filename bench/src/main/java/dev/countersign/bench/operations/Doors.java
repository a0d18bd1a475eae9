package dev.countersign.bench.operations;

import dev.countersign.bench.load.Dialer;
import dev.countersign.bench.load.HttpConnection;
import dev.countersign.bench.machine.Authority;
import dev.countersign.pki.Certificate;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Connections to an authority, by the proof that they bring. */
public final class Doors {
  private static final char[] PASSWORD = "in memory alone".toCharArray();

  private final Authority authority;
  private final TrustManager[] trust;
  private final SSLContext operator;
  private final SSLContext anonymous;

  /** With the credential of the authority's operator. */
  public Doors(Authority authority) throws IOException {
    this.authority = authority;
    Path folder = authority.operator();
    char[] password = Files.readString(folder.resolve("store.password")).strip().toCharArray();
    try {
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(KeyStore.getInstance(folder.resolve("truststore.p12").toFile(), password));
      trust = factory.getTrustManagers();
      KeyStore own = KeyStore.getInstance(folder.resolve("keystore.p12").toFile(), password);
      operator = context(keys(own, password));
      anonymous = context(null);
    } catch (GeneralSecurityException e) {
      throw new IOException("the operator's credential cannot be used: " + e.getMessage(), e);
    }
  }

  /** Over mutual TLS with the operator's certificate. */
  public Dialer operator() {
    return () -> https(operator);
  }

  /** Over TLS without a certificate. */
  public Dialer anonymous() {
    return () -> https(anonymous);
  }

  /** Over HTTP alone. */
  public Dialer plain() {
    URI url = authority.http();
    return () -> new HttpConnection(new Socket(url.getHost(), url.getPort()));
  }

  /** Over mutual TLS with this certificate. */
  public HttpConnection holder(KeyPair key, List<Certificate> chain) throws IOException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "holder",
          key.getPrivate(),
          PASSWORD,
          chain.stream().map(Certificate::x509).toArray(java.security.cert.Certificate[]::new));
      return https(context(keys(store, PASSWORD)));
    } catch (GeneralSecurityException e) {
      throw new IOException("a certificate cannot be used for TLS: " + e.getMessage(), e);
    }
  }

  private HttpConnection https(SSLContext context) throws IOException {
    URI url = authority.https();
    return new HttpConnection(
        context.getSocketFactory().createSocket(url.getHost(), url.getPort()));
  }

  private SSLContext context(KeyManager @Nullable [] keys) throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys, trust, null);
    return context;
  }

  private static KeyManager[] keys(KeyStore store, char[] password)
      throws GeneralSecurityException {
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(store, password);
    return factory.getKeyManagers();
  }
}
