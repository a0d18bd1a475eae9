package dev.countersign.pki;

import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;

/** A private key in PEM under a passphrase (ENCRYPTED PRIVATE KEY, RFC 7468 11). */
public final class EncryptedPrivateKey {
  public static final String LABEL = "ENCRYPTED PRIVATE KEY";

  // OWASP, Password Storage Cheat Sheet (2023): PBKDF2-HMAC-SHA256 with 600,000 iterations.
  private static final int ITERATIONS = 600_000;

  private EncryptedPrivateKey() {}

  /** Encrypts the key; takes a few tenths of a second, as every guess at the passphrase will. */
  public static String encrypt(KeyPair key, char[] passphrase, SecureRandom random) {
    byte[] plain = PrivateKeys.encode(key);
    try {
      return Pem.encode(LABEL, Pbes2.encrypt(plain, passphrase, ITERATIONS, random));
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  /**
   * Opens the key.
   *
   * @throws MalformedKeyException if the text is no encrypted key, whatever the passphrase
   */
  public static KeyPair decrypt(String pem, char[] passphrase) throws WrongPassphraseException {
    byte[] plain;
    try {
      List<PemBlock> blocks = Pem.decode(pem);
      if (blocks.size() != 1 || !blocks.get(0).label().equals(LABEL)) {
        throw new MalformedKeyException("the text is not one " + LABEL + " in PEM");
      }
      plain = Pbes2.decrypt(blocks.get(0).content(), passphrase);
    } catch (MalformedPemException | MalformedDerException e) {
      throw new MalformedKeyException("not an encrypted private key: " + e.getMessage(), e);
    }
    try {
      checkLooksDecrypted(plain);
      return PrivateKeys.decode(plain);
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  /** One wrong passphrase in 256 leaves padding that looks right; what it pads does not. */
  private static void checkLooksDecrypted(byte[] plain) throws WrongPassphraseException {
    try {
      DerReader outer = DerReader.of(plain);
      DerReader info = outer.sequence();
      outer.end();
      info.integer(1);
      info.sequence().oid();
    } catch (MalformedDerException e) {
      throw new WrongPassphraseException();
    }
  }
}
