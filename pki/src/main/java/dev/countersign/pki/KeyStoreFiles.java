package dev.countersign.pki;

import java.security.PrivateKey;
import java.security.SecureRandom;
import java.util.List;

/** stub */
public final class KeyStoreFiles {
  private KeyStoreFiles() {}

  public static byte[] keyStore(
      PrivateKey key, List<Certificate> chain, String alias, char[] password, SecureRandom random) {
    throw new UnsupportedOperationException();
  }

  public static byte[] trustStore(List<Certificate> roots, char[] password) {
    throw new UnsupportedOperationException();
  }
}
