package dev.countersign.pki;

import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;

/** The signature algorithms of JWS that are read and made (RFC 7518 3.1, RFC 8037 3.1). */
public enum JwsAlgorithm {
  ES256("ES256", "SHA256withECDSAinP1363Format"),
  ES384("ES384", "SHA384withECDSAinP1363Format"),
  ES512("ES512", "SHA512withECDSAinP1363Format"),
  RS256("RS256", "SHA256withRSA"),
  EDDSA("EdDSA", "Ed25519");

  private final String label;
  private final String signatureName;

  JwsAlgorithm(String label, String signatureName) {
    this.label = label;
    this.signatureName = signatureName;
  }

  /** The value of {@code alg}. */
  public String label() {
    return label;
  }

  /**
   * Reads the value of {@code alg}.
   *
   * @throws MalformedJwsException for any other, {@code none} among them
   */
  public static JwsAlgorithm parse(String alg) {
    for (JwsAlgorithm algorithm : values()) {
      if (algorithm.label.equals(alg)) {
        return algorithm;
      }
    }
    throw new MalformedJwsException("the algorithm '" + SafeText.of(alg) + "' is not accepted");
  }

  /**
   * The one algorithm that a key is used with: an answer to "which", never a choice of the sender.
   */
  public static JwsAlgorithm forKey(PublicKey key) {
    return forJcaKey(key);
  }

  /** The one algorithm that a key is used with. */
  public static JwsAlgorithm forKey(PrivateKey key) {
    return forJcaKey(key);
  }

  private static JwsAlgorithm forJcaKey(Key key) {
    if (key instanceof ECKey ec) {
      return switch (ec.getParams().getCurve().getField().getFieldSize()) {
        case 256 -> ES256;
        case 384 -> ES384;
        case 521 -> ES512;
        default -> throw new IllegalArgumentException("a curve that JWS has no algorithm for");
      };
    }
    if (key instanceof RSAKey) {
      return RS256;
    }
    if (key.getAlgorithm().equals("Ed25519") || key.getAlgorithm().equals("EdDSA")) {
      return EDDSA;
    }
    throw new IllegalArgumentException("a " + key.getAlgorithm() + " key cannot sign a JWS here");
  }

  public byte[] sign(PrivateKey key, byte[] input) {
    try {
      Signature signature = Signature.getInstance(signatureName);
      signature.initSign(key);
      signature.update(input);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("the key does not sign with " + label, e);
    }
  }

  /** Whether the signature is this key's under this algorithm. */
  public boolean verify(PublicKey key, byte[] input, byte[] signature) {
    try {
      Signature verifier = Signature.getInstance(signatureName);
      verifier.initVerify(key);
      verifier.update(input);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      // A key of another kind, or a signature that some providers throw at and others call false.
      return false;
    }
  }
}
