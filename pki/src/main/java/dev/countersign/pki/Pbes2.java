package dev.countersign.pki;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * EncryptedPrivateKeyInfo under a passphrase (RFC 8018 6.2): PBKDF2 with HMAC-SHA-256 and
 * AES-256-CBC, the one strong combination that JDK, OpenSSL and GnuTLS all read.
 */
final class Pbes2 {
  private static final String PBES2 = "1.2.840.113549.1.5.13";
  private static final String PBKDF2 = "1.2.840.113549.1.5.12";
  private static final String HMAC_SHA256 = "1.2.840.113549.2.9";
  private static final String AES_256_CBC = "2.16.840.1.101.3.4.1.42";
  private static final int KEY_LENGTH = 32;
  private static final int SALT_LENGTH = 16;
  private static final int IV_LENGTH = 16;
  // A file that asks for more wants to keep the reader busy.
  private static final int MOST_ITERATIONS = 5_000_000;
  private static final int LONGEST_SALT = 128;

  private Pbes2() {}

  static byte[] encrypt(byte[] plain, char[] passphrase, int iterations, SecureRandom random) {
    byte[] salt = new byte[SALT_LENGTH];
    byte[] iv = new byte[IV_LENGTH];
    random.nextBytes(salt);
    random.nextBytes(iv);
    byte[] encrypted;
    try {
      Cipher cipher =
          cipher(Cipher.ENCRYPT_MODE, passphrase, "SHA256", salt, iterations, KEY_LENGTH, iv);
      encrypted = cipher.doFinal(plain);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the platform lacks PBKDF2 or AES", e);
    }
    DerWriter writer = new DerWriter(encrypted.length + 160).octetString(encrypted);
    int identifier = writer.mark();
    writer.octetString(iv).oid(AES_256_CBC).sequence(identifier);
    int derivation = writer.mark();
    writer.nul().oid(HMAC_SHA256).sequence(derivation);
    // The key length may be left out, but older JDKs count on it.
    writer.integer(KEY_LENGTH).integer(iterations).octetString(salt).sequence(derivation);
    writer.oid(PBKDF2).sequence(derivation);
    writer.sequence(identifier).oid(PBES2).sequence(identifier);
    return writer.sequence(0).toByteArray();
  }

  static byte[] decrypt(byte[] der, char[] passphrase)
      throws MalformedDerException, WrongPassphraseException {
    DerReader outer = DerReader.of(der);
    DerReader info = outer.sequence();
    outer.end();
    DerReader identifier = info.sequence();
    byte[] encrypted = info.octetString();
    info.end();
    require(identifier.oid(), PBES2, "an encryption scheme");
    DerReader parameters = identifier.sequence();
    identifier.end();
    DerReader derivation = parameters.sequence();
    DerReader encryption = parameters.sequence();
    parameters.end();

    require(derivation.oid(), PBKDF2, "a key derivation");
    DerReader pbkdf2 = derivation.sequence();
    derivation.end();
    byte[] salt = pbkdf2.octetString();
    int iterations = pbkdf2.integer(MOST_ITERATIONS);
    int declaredLength = pbkdf2.isNext(DerReader.INTEGER) ? pbkdf2.integer(KEY_LENGTH) : 0;
    String hash = hash(pbkdf2);
    pbkdf2.end();
    int keyLength = keyLength(encryption.oid());
    byte[] iv = encryption.octetString();
    encryption.end();
    if (salt.length == 0
        || salt.length > LONGEST_SALT
        || iterations < 1
        || iv.length != IV_LENGTH
        || (declaredLength != 0 && declaredLength != keyLength)) {
      throw new MalformedKeyException("an encrypted key with odd parameters");
    }
    try {
      return cipher(Cipher.DECRYPT_MODE, passphrase, hash, salt, iterations, keyLength, iv)
          .doFinal(encrypted);
    } catch (BadPaddingException | IllegalBlockSizeException e) {
      throw new WrongPassphraseException();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the platform lacks PBKDF2 or AES", e);
    }
  }

  private static String hash(DerReader pbkdf2) throws MalformedDerException {
    if (pbkdf2.atEnd()) {
      return "SHA1"; // RFC 8018 A.2: the default
    }
    DerReader prf = pbkdf2.sequence();
    String oid = prf.oid();
    if (!prf.atEnd()) {
      prf.nul();
    }
    prf.end();
    return switch (oid) {
      case "1.2.840.113549.2.7" -> "SHA1";
      case HMAC_SHA256 -> "SHA256";
      case "1.2.840.113549.2.10" -> "SHA384";
      case "1.2.840.113549.2.11" -> "SHA512";
      default -> throw unsupported("a key derivation", oid);
    };
  }

  private static int keyLength(String cipherOid) {
    return switch (cipherOid) {
      case "2.16.840.1.101.3.4.1.2" -> 16;
      case "2.16.840.1.101.3.4.1.22" -> 24;
      case AES_256_CBC -> KEY_LENGTH;
      default -> throw unsupported("a cipher", cipherOid);
    };
  }

  private static void require(String oid, String known, String what) {
    if (!oid.equals(known)) {
      throw unsupported(what, oid);
    }
  }

  private static MalformedKeyException unsupported(String what, String oid) {
    return new MalformedKeyException(
        "the key is encrypted with "
            + what
            + " that is not read here ("
            + oid
            + "): convert it with 'openssl pkcs8 -topk8 -v2 aes-256-cbc'");
  }

  private static Cipher cipher(
      int mode,
      char[] passphrase,
      String hash,
      byte[] salt,
      int iterations,
      int keyLength,
      byte[] iv)
      throws GeneralSecurityException {
    if (passphrase.length == 0) {
      throw new IllegalArgumentException("an empty passphrase");
    }
    byte[] key = Pbkdf2.derive(hash, passphrase, salt, iterations, keyLength);
    try {
      Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
      cipher.init(mode, new SecretKeySpec(key, "AES"), new IvParameterSpec(iv));
      return cipher;
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }
}
