package dev.countersign.pki;

import java.security.KeyPair;
import java.security.SecureRandom;

/** stub */
public final class EncryptedPrivateKey {
  private EncryptedPrivateKey() {}

  public static String encrypt(KeyPair key, char[] passphrase, SecureRandom random) {
    throw new UnsupportedOperationException();
  }

  public static KeyPair decrypt(String pem, char[] passphrase) throws WrongPassphraseException {
    throw new UnsupportedOperationException();
  }
}
