package dev.countersign.server.keys;

import dev.countersign.pki.KeyAlgorithm;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A private key that signs and never tells. Safe for use by many threads.
 *
 * <p>{@link Signature} objects are pooled because {@code initSign} costs as much as a signature
 * with the native provider; a pool rather than a {@code ThreadLocal}, so that virtual threads do
 * not each make their own.
 */
public final class SigningKey {
  private final KeyAlgorithm algorithm;
  private final PublicKey publicKey;
  private final PrivateKey privateKey;
  private final SecureRandom random;
  private final ConcurrentLinkedQueue<Signature> idle = new ConcurrentLinkedQueue<>();

  private SigningKey(
      KeyAlgorithm algorithm, PublicKey publicKey, PrivateKey privateKey, SecureRandom random) {
    this.algorithm = algorithm;
    this.publicKey = publicKey;
    this.privateKey = privateKey;
    this.random = random;
  }

  public static SigningKey of(KeyPair pair, SecureRandom random) {
    KeyAlgorithm algorithm = KeyAlgorithm.ofKey(pair.getPublic());
    try {
      Signature first = Signature.getInstance(algorithm.signatureName());
      first.initSign(pair.getPrivate(), random);
      PrivateKey own = decodedBy(first, pair.getPrivate());
      SigningKey key = new SigningKey(algorithm, pair.getPublic(), own, random);
      key.prove();
      return key;
    } catch (GeneralSecurityException e) {
      throw new KeyFileException(
          "No provider of this Java signs with " + algorithm.signatureName() + ".", e);
    }
  }

  /** A key object of another provider is translated again at each signature, at twice the cost. */
  private static PrivateKey decodedBy(Signature signature, PrivateKey key) {
    try {
      return KeyFactory.getInstance(key.getAlgorithm(), signature.getProvider())
          .generatePrivate(new PKCS8EncodedKeySpec(key.getEncoded()));
    } catch (GeneralSecurityException e) {
      return key; // the provider signs with the key as it is, but has no factory for it
    }
  }

  /** A file with a private and a public key that do not belong together must not sign anything. */
  private void prove() throws GeneralSecurityException {
    byte[] probe = {1, 2, 3};
    Signature check = Signature.getInstance(algorithm.signatureName());
    check.initVerify(publicKey);
    check.update(probe);
    if (!check.verify(sign(probe))) {
      throw new KeyFileException("The private key does not belong to its public key.");
    }
  }

  public KeyAlgorithm algorithm() {
    return algorithm;
  }

  public PublicKey publicKey() {
    return publicKey;
  }

  /** The provider that signs, for the log at start-up. */
  public String provider() {
    Signature signature = take();
    idle.add(signature);
    return signature.getProvider().getName();
  }

  public byte[] sign(byte[] tbs) {
    return sign(List.of(tbs));
  }

  /** Signs what lies in pieces, so that a list of millions of entries need not be copied. */
  public byte[] sign(List<byte[]> pieces) {
    Signature signature = take();
    try {
      for (byte[] piece : pieces) {
        signature.update(piece);
      }
      byte[] result = signature.sign();
      idle.add(signature); // only after success: a failed one has an unknown state
      return result;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Signing with " + algorithm.label() + " failed", e);
    }
  }

  private Signature take() {
    Signature pooled = idle.poll();
    if (pooled != null) {
      return pooled;
    }
    try {
      Signature fresh = Signature.getInstance(algorithm.signatureName());
      fresh.initSign(privateKey, random);
      return fresh;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Signing with " + algorithm.label() + " failed", e);
    }
  }

  @Override
  public String toString() {
    return "SigningKey[" + algorithm.label() + "]";
  }
}
