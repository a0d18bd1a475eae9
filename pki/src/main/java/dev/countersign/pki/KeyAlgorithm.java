package dev.countersign.pki;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Collectors;

/**
 * The key algorithms Countersign makes keys of and signs with; each with its one signature
 * algorithm.
 */
public enum KeyAlgorithm {
  P256(
      "P-256",
      "EC",
      new ECGenParameterSpec("secp256r1"),
      "SHA256withECDSA",
      "300a06082a8648ce3d040302"),
  P384(
      "P-384",
      "EC",
      new ECGenParameterSpec("secp384r1"),
      "SHA384withECDSA",
      "300a06082a8648ce3d040303"),
  RSA_2048("RSA-2048", "RSA", rsa(2048), "SHA256withRSA", "300d06092a864886f70d01010b0500"),
  RSA_3072("RSA-3072", "RSA", rsa(3072), "SHA256withRSA", "300d06092a864886f70d01010b0500"),
  RSA_4096("RSA-4096", "RSA", rsa(4096), "SHA256withRSA", "300d06092a864886f70d01010b0500"),
  ED25519("Ed25519", "Ed25519", NamedParameterSpec.ED25519, "Ed25519", "300506032b6570");

  private final String label;
  private final String generator;

  @SuppressWarnings("ImmutableEnumChecker") // the three kinds used here cannot change
  private final AlgorithmParameterSpec parameters;

  private final String signatureName;
  private final String signatureAlgorithm;

  KeyAlgorithm(
      String label,
      String generator,
      AlgorithmParameterSpec parameters,
      String signatureName,
      String signatureAlgorithm) {
    this.label = label;
    this.generator = generator;
    this.parameters = parameters;
    this.signatureName = signatureName;
    this.signatureAlgorithm = signatureAlgorithm;
  }

  private static AlgorithmParameterSpec rsa(int bits) {
    return new RSAKeyGenParameterSpec(bits, RSAKeyGenParameterSpec.F4);
  }

  /** The name people write: {@code P-256}, {@code RSA-3072}, {@code Ed25519}. */
  @JsonValue
  public String label() {
    return label;
  }

  /** Reads a {@link #label()}, in any case. */
  @JsonCreator
  public static KeyAlgorithm parse(String text) {
    for (KeyAlgorithm algorithm : values()) {
      if (algorithm.label.equalsIgnoreCase(text.strip())) {
        return algorithm;
      }
    }
    throw new IllegalArgumentException(
        "unknown key algorithm '"
            + SafeText.of(text)
            + "': choose one of "
            + Arrays.stream(values()).map(KeyAlgorithm::label).collect(Collectors.joining(", ")));
  }

  public KeyPair generate(SecureRandom random) {
    try {
      KeyPairGenerator keys = KeyPairGenerator.getInstance(generator);
      if (this == ED25519) {
        // The generator of this name is fixed to the curve; some providers refuse a parameter
        // object.
        keys.initialize(255, random);
      } else {
        keys.initialize(parameters, random);
      }
      return keys.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no provider makes " + label + " keys", e);
    }
  }

  /** The JCA name of the signature made with such a key. */
  public String signatureName() {
    return signatureName;
  }

  /** The DER AlgorithmIdentifier of that signature (RFC 5758 3.2, RFC 4055 5, RFC 8410 3). */
  public byte[] signatureAlgorithm() {
    return HexFormat.of().parseHex(signatureAlgorithm);
  }

  /**
   * The algorithm of a key.
   *
   * @throws IllegalArgumentException for a key that is none of these
   */
  public static KeyAlgorithm ofKey(PublicKey key) {
    KeyAlgorithm algorithm = null;
    if (key instanceof ECPublicKey ec) {
      algorithm =
          switch (ec.getParams().getCurve().getField().getFieldSize()) {
            case 256 -> P256;
            case 384 -> P384;
            default -> null;
          };
    } else if (key instanceof RSAPublicKey rsa) {
      algorithm =
          switch (rsa.getModulus().bitLength()) {
            case 2048 -> RSA_2048;
            case 3072 -> RSA_3072;
            case 4096 -> RSA_4096;
            default -> null;
          };
    } else if ((key instanceof EdECPublicKey ed
            && ed.getParams().getName().equals(NamedParameterSpec.ED25519.getName()))
        || key.getAlgorithm().equals("Ed25519")) {
      algorithm = ED25519;
    }
    if (algorithm != null) {
      return algorithm;
    }
    throw new IllegalArgumentException(
        "a key of algorithm " + key.getAlgorithm() + " that Countersign does not sign with");
  }
}
