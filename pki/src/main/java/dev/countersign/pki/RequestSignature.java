package dev.countersign.pki;

import dev.countersign.pki.InvalidRequestException.Fault;
import java.math.BigInteger;
import java.security.spec.PSSParameterSpec;
import java.util.Optional;

/** Which signatures count as proof of possession. */
final class RequestSignature {
  private static final String PSS = "RSASSA-PSS";

  private RequestSignature() {}

  /** The JCA name of a signature algorithm, and its parameters where it has some. */
  record Scheme(String name, Optional<PSSParameterSpec> parameters) {
    boolean isEcdsa() {
      return name.endsWith("ECDSA");
    }
  }

  /** What an AlgorithmIdentifier, which has been entered, stands for, if it fits the key. */
  static Scheme schemeFor(SubjectKey key, DerReader identifier)
      throws InvalidRequestException, MalformedDerException {
    String oid = identifier.oid();
    String name =
        switch (oid) {
          case Oids.ECDSA_SHA256 -> "SHA256withECDSA";
          case Oids.ECDSA_SHA384 -> "SHA384withECDSA";
          case Oids.ECDSA_SHA512 -> "SHA512withECDSA";
          case Oids.RSA_SHA256 -> "SHA256withRSA";
          case Oids.RSA_SHA384 -> "SHA384withRSA";
          case Oids.RSA_SHA512 -> "SHA512withRSA";
          case Oids.RSA_PSS -> PSS;
          case Oids.ED25519 -> "Ed25519";
          case "1.2.840.113549.1.1.5", "1.2.840.113549.1.1.4", "1.2.840.10045.4.1" ->
              throw refused("the request is signed with SHA-1 or MD5, which proves nothing today");
          default ->
              throw refused(
                  "the signature algorithm "
                      + oid
                      + " is not accepted: ECDSA or RSA (PKCS#1 v1.5 or PSS) with SHA-256 to"
                      + " SHA-512, or Ed25519");
        };
    boolean isRsa = name.endsWith("RSA") || name.equals(PSS);
    String family = name.endsWith("ECDSA") ? "P-" : isRsa ? "RSA-" : "Ed25519";
    if (!key.algorithm().startsWith(family)) {
      throw refused("a signature of " + name + " cannot be of a key of " + key.algorithm());
    }
    if (name.equals(PSS)) {
      return new Scheme(name, Optional.of(PssParameters.read(identifier)));
    }
    // RFC 4055 5: NULL, and absent must be accepted. RFC 5758 3.2 and RFC 8410 3: absent.
    if (name.endsWith("RSA") && !identifier.atEnd()) {
      identifier.nul();
    }
    identifier.end();
    return new Scheme(name, Optional.empty());
  }

  /** Refuses other encodings of the same signature (RFC 3279 2.2.3). */
  static void checkEcdsaForm(byte[] signature) throws InvalidRequestException {
    try {
      DerReader outer = DerReader.of(signature);
      DerReader pair = outer.sequence();
      outer.end();
      BigInteger r = pair.integer();
      BigInteger s = pair.integer();
      pair.end();
      if (r.signum() > 0 && s.signum() > 0) {
        return;
      }
    } catch (MalformedDerException e) {
      throw refused("the ECDSA signature is not DER: " + e.getMessage());
    }
    throw refused("the ECDSA signature has a number that is not positive");
  }

  private static InvalidRequestException refused(String why) {
    return new InvalidRequestException(Fault.BAD_POSSESSION, why);
  }
}
