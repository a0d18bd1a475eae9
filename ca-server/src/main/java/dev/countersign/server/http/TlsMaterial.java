package dev.countersign.server.http;

import dev.countersign.pki.Certificate;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What the HTTPS listener shows and whom it believes.
 *
 * @param chain the server's certificate first and the root last, so that a client that knows only a
 *     pin of the root can check it in its first handshake
 * @param roots that client certificates must end in
 */
public record TlsMaterial(PrivateKey key, List<Certificate> chain, List<Certificate> roots) {

  // Of a key store that never leaves this process's memory.
  static final String PASSWORD = "in memory";

  public TlsMaterial {
    chain = List.copyOf(chain);
    roots = List.copyOf(roots);
  }

  KeyStore keyStore() {
    try {
      KeyStore store = empty();
      store.setKeyEntry(
          "countersignd",
          key,
          PASSWORD.toCharArray(),
          chain.stream().map(Certificate::x509).toArray(java.security.cert.X509Certificate[]::new));
      return store;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("cannot hold the HTTPS key in memory", e);
    }
  }

  KeyStore trustStore() {
    try {
      KeyStore store = empty();
      for (int i : IntStream.range(0, roots.size()).toArray()) {
        store.setCertificateEntry("root-" + i, roots.get(i).x509());
      }
      return store;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("cannot hold the roots in memory", e);
    }
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  @Override
  public String toString() {
    return "TlsMaterial[" + chain.get(0).subject() + ", " + chain.get(0).serial() + "]";
  }
}
