package dev.countersign.pki;

import java.security.KeyPair;

/** stub */
public final class PrivateKeys {
  private PrivateKeys() {}

  public static byte[] encode(KeyPair key) {
    throw new UnsupportedOperationException();
  }

  public static KeyPair decode(byte[] pkcs8) {
    throw new UnsupportedOperationException();
  }

  public static String toPem(KeyPair key) {
    return Pem.encode("PRIVATE KEY", encode(key));
  }

  public static KeyPair parsePem(String pem) {
    throw new UnsupportedOperationException();
  }
}
