package dev.countersign.pki;

import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/**
 * PKCS#12 files (RFC 7292) that keytool, OpenSSL 3 and GnuTLS all open. They are written by hand:
 * the stores of the JDK and of Bouncy Castle are each unreadable to one of those, and differ at
 * every writing.
 */
public final class KeyStoreFiles {
  // The password of a key store is a random one that lies beside it: guessing is not the way in.
  private static final int KEY_ITERATIONS = 10_000;
  private static final int SALT_LENGTH = 16;

  private KeyStoreFiles() {}

  /**
   * A key with its chain, under one alias.
   *
   * @param chain the key's own certificate first
   * @throws IllegalArgumentException if the key is not that of the first certificate
   */
  public static byte[] keyStore(
      PrivateKey key, List<Certificate> chain, String alias, char[] password, SecureRandom random) {
    requirePassword(password);
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("a key store entry has a certificate");
    }
    Certificate own = chain.get(0);
    KeyPair pair = new KeyPair(own.x509().getPublicKey(), key);
    if (!PrivateKeys.belongTogether(key, pair.getPublic())) {
      throw new IllegalArgumentException("the private key is not that of the first certificate");
    }
    // What ties key and certificate together; the digest is OpenSSL's habit.
    byte[] keyId = Pkcs12.localKeyId(Hashes.sha1(own.encoded()));
    List<byte[]> certificates = new ArrayList<>();
    certificates.add(Pkcs12.certificateBag(own, List.of(Pkcs12.friendlyName(alias), keyId)));
    for (Certificate certificate : chain.subList(1, chain.size())) {
      certificates.add(Pkcs12.certificateBag(certificate, List.of()));
    }
    byte[] plain = PrivateKeys.encode(pair);
    byte[] encrypted;
    try {
      encrypted = Pbes2.encrypt(plain, password, KEY_ITERATIONS, random);
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
    byte[] keyBag = Pkcs12.keyBag(encrypted, List.of(Pkcs12.friendlyName(alias), keyId));
    byte[] salt = new byte[SALT_LENGTH];
    random.nextBytes(salt);
    return Pkcs12.file(List.of(certificates, List.of(keyBag)), password, salt);
  }

  /**
   * The roots as trusted entries. The same roots and password always give the same bytes, whatever
   * the order; the file opens with and without the password, which only guards against damage.
   */
  public static byte[] trustStore(List<Certificate> roots, char[] password) {
    requirePassword(password);
    if (roots.isEmpty()) {
      // An empty store is the one that some programs take for "trust the system's roots".
      throw new IllegalArgumentException("a trust store has at least one root");
    }
    List<Certificate> sorted =
        roots.stream()
            .distinct()
            .sorted(Comparator.comparing(Certificate::fingerprint, Arrays::compareUnsigned))
            .toList();
    List<byte[]> bags = new ArrayList<>();
    for (Certificate root : sorted) {
      String alias = "root-" + HexFormat.of().formatHex(root.fingerprint(), 0, 8);
      bags.add(
          Pkcs12.certificateBag(
              root, List.of(Pkcs12.friendlyName(alias), Pkcs12.trustedForAnything())));
    }
    // Nothing is encrypted, so a salt that repeats with its content gives nothing away.
    DerWriter content = new DerWriter();
    sorted.forEach(root -> content.raw(root.encoded()));
    byte[] salt = Arrays.copyOf(Hashes.sha256(content.toByteArray()), SALT_LENGTH);
    return Pkcs12.file(List.of(bags), password, salt);
  }

  private static void requirePassword(char[] password) {
    if (password.length == 0) {
      throw new IllegalArgumentException("an empty password, which programs read differently");
    }
    for (char c : password) {
      if (c < 0x20 || c > 0x7e) {
        // The JDK opens none with such a password, though it writes them.
        throw new IllegalArgumentException("a password with characters other than printable ASCII");
      }
    }
  }
}
