package dev.countersign.pki;

import dev.countersign.pki.InvalidRequestException.Fault;
import java.math.BigInteger;

/** Which signatures count as proof of possession. */
final class RequestSignature {
  private RequestSignature() {}

  /** The JCA name of an AlgorithmIdentifier, which has been entered, if it fits the key. */
  static String nameFor(SubjectKey key, DerReader identifier)
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
          case Oids.ED25519 -> "Ed25519";
          case "1.2.840.113549.1.1.5", "1.2.840.113549.1.1.4", "1.2.840.10045.4.1" ->
              throw refused("the request is signed with SHA-1 or MD5, which proves nothing today");
          default ->
              throw refused(
                  "the signature algorithm "
                      + oid
                      + " is not accepted: ECDSA or RSA (PKCS#1 v1.5) with SHA-256 to SHA-512, or Ed25519");
        };
    String family = name.endsWith("ECDSA") ? "P-" : name.endsWith("RSA") ? "RSA-" : "Ed25519";
    if (!key.algorithm().startsWith(family)) {
      throw refused("a signature of " + name + " cannot be of a key of " + key.algorithm());
    }
    // RFC 4055 5: NULL, and absent must be accepted. RFC 5758 3.2 and RFC 8410 3: absent.
    if (name.endsWith("RSA") && !identifier.atEnd()) {
      identifier.nul();
    }
    identifier.end();
    return name;
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
