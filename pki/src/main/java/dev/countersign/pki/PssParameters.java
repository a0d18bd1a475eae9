package dev.countersign.pki;

import dev.countersign.pki.InvalidRequestException.Fault;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;

/**
 * The parameters of RSASSA-PSS (RFC 4055 3.1) that count: one hash for the message and the mask,
 * and a salt as long as it. The others are weak, or say in another way what these do.
 */
final class PssParameters {
  private static final String MGF1 = "1.2.840.113549.1.1.8";
  private static final int TRAILER = 1; // 0xbc, the only one of RFC 8017 A.2.3

  private enum Hash {
    SHA_256("2.16.840.1.101.3.4.2.1", MGF1ParameterSpec.SHA256, 32),
    SHA_384("2.16.840.1.101.3.4.2.2", MGF1ParameterSpec.SHA384, 48),
    SHA_512("2.16.840.1.101.3.4.2.3", MGF1ParameterSpec.SHA512, 64);

    private final String oid;
    private final MGF1ParameterSpec mask;
    private final int length;

    Hash(String oid, MGF1ParameterSpec mask, int length) {
      this.oid = oid;
      this.mask = mask;
      this.length = length;
    }
  }

  private PssParameters() {}

  /** Reads them, up to the end of the AlgorithmIdentifier. */
  static PSSParameterSpec read(DerReader identifier)
      throws InvalidRequestException, MalformedDerException {
    if (identifier.atEnd()) {
      throw refused("without parameters");
    }
    DerReader parameters = identifier.sequence();
    identifier.end();
    if (!parameters.isNext(0xa0)) {
      throw refused("with SHA-1, which proves nothing today"); // the default
    }
    DerReader outer = parameters.enter(0xa0);
    Hash hash = hash(outer.sequence());
    outer.end();
    mask(parameters, hash);
    salt(parameters, hash);
    if (parameters.isNext(0xa3)) {
      // X.690 11.5: the default is not written
      throw refused("with a trailer field, which must be 1 and so is left out");
    }
    parameters.end();
    return new PSSParameterSpec(
        hash.mask.getDigestAlgorithm(), "MGF1", hash.mask, hash.length, TRAILER);
  }

  private static void mask(DerReader parameters, Hash hash)
      throws InvalidRequestException, MalformedDerException {
    if (!parameters.isNext(0xa1)) {
      throw refused("with a mask of SHA-1 for another hash");
    }
    DerReader outer = parameters.enter(0xa1);
    DerReader mask = outer.sequence();
    outer.end();
    if (!mask.oid().equals(MGF1)) {
      throw refused("with a mask that is not MGF1");
    }
    Hash masking = hash(mask.sequence());
    mask.end();
    if (masking != hash) {
      throw refused("with a mask of another hash");
    }
  }

  private static void salt(DerReader parameters, Hash hash)
      throws InvalidRequestException, MalformedDerException {
    int length = 20; // RFC 4055 3.1: the default
    if (parameters.isNext(0xa2)) {
      DerReader outer = parameters.enter(0xa2);
      length = outer.integer(Integer.MAX_VALUE);
      outer.end();
    }
    if (length != hash.length) {
      throw refused(
          "with a salt of "
              + length
              + " octets, which must be as long as the hash, "
              + hash.length
              + " (OpenSSL: -sigopt rsa_pss_saltlen:digest)");
    }
  }

  private static Hash hash(DerReader identifier)
      throws InvalidRequestException, MalformedDerException {
    String oid = identifier.oid();
    if (!identifier.atEnd()) {
      identifier.nul(); // RFC 4055 2.1: NULL, and absent must be accepted
    }
    identifier.end();
    for (Hash hash : Hash.values()) {
      if (hash.oid.equals(oid)) {
        return hash;
      }
    }
    throw refused("with another hash than SHA-256, SHA-384 or SHA-512");
  }

  private static InvalidRequestException refused(String how) {
    return new InvalidRequestException(
        Fault.BAD_POSSESSION, "the request is signed by RSASSA-PSS " + how);
  }
}
