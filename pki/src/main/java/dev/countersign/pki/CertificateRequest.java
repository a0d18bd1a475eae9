package dev.countersign.pki;

import dev.countersign.pki.InvalidRequestException.Fault;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A PKCS#10 request (RFC 2986) whose bytes are strict DER, whose key may be certified, and whose
 * signature has been verified over the bytes as received: having one means the sender holds the
 * private key.
 */
public final class CertificateRequest {
  /**
   * The longest request that is read; one with 100 names and an RSA key of 8192 bits has less than
   * half.
   */
  public static final int MOST_BYTES = 64 * 1024;

  private static final Pattern LABEL = Pattern.compile("(NEW )?CERTIFICATE REQUEST");

  private final byte[] encoded;
  private final byte[] toBeSigned;
  private final SubjectKey key;
  private final Optional<String> commonName;
  private final RequestedExtensions extensions;

  private CertificateRequest(
      byte[] encoded,
      byte[] toBeSigned,
      SubjectKey key,
      Optional<String> commonName,
      RequestedExtensions extensions) {
    this.encoded = encoded;
    this.toBeSigned = toBeSigned;
    this.key = key;
    this.commonName = commonName;
    this.extensions = extensions;
  }

  /** Reads and verifies a DER request. */
  public static CertificateRequest verified(byte[] der) throws InvalidRequestException {
    if (der.length > MOST_BYTES) {
      throw new InvalidRequestException(Fault.MALFORMED, "a request of more than 64 KiB");
    }
    byte[] encoded = der.clone();
    try {
      DerReader.of(encoded).checkTree();
      DerReader outer = DerReader.of(encoded);
      DerReader request = outer.sequence();
      outer.end();
      int from = request.offset();
      DerReader info = request.sequence();
      byte[] toBeSigned = Arrays.copyOfRange(encoded, from, request.offset());
      DerReader algorithm = request.sequence();
      byte[] signature = request.bitStringOctets();
      request.end();

      int versionAt = info.offset();
      if (info.integer().signum() != 0) {
        throw new MalformedDerException("a version that is not 0", versionAt);
      }
      Optional<String> commonName = SubjectDn.commonName(info.sequence());
      SubjectKey key = SubjectKey.checked(info.element());
      // RFC 2986 4.1: attributes are not optional; without any they are an empty [0].
      RequestedExtensions extensions = RequestedExtensions.ofAttributes(info.enter(0xa0));
      info.end();
      verifySignature(key, algorithm, toBeSigned, signature);
      return new CertificateRequest(encoded, toBeSigned, key, commonName, extensions);
    } catch (MalformedDerException e) {
      throw new InvalidRequestException(e);
    }
  }

  /** Reads and verifies a request in PEM, or its DER in base64 or base64url. */
  public static CertificateRequest verified(String pemOrBase64) throws InvalidRequestException {
    if (pemOrBase64.length() > 2 * MOST_BYTES) {
      throw new InvalidRequestException(Fault.MALFORMED, "a request of more than 64 KiB");
    }
    try {
      if (!pemOrBase64.contains("-----BEGIN ")) {
        String base64 = pemOrBase64.replaceAll("\\s", "").replace('-', '+').replace('_', '/');
        return verified(Base64.getDecoder().decode(base64));
      }
      List<PemBlock> blocks = Pem.decode(pemOrBase64);
      if (blocks.size() != 1 || !LABEL.matcher(blocks.get(0).label()).matches()) {
        throw new InvalidRequestException(
            Fault.MALFORMED, "the PEM text is not one CERTIFICATE REQUEST");
      }
      return verified(blocks.get(0).content());
    } catch (MalformedPemException e) {
      throw new InvalidRequestException(Fault.MALFORMED, String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException e) {
      throw new InvalidRequestException(Fault.MALFORMED, "the request is neither PEM nor base64");
    }
  }

  /** Makes a request of one's own, with the names in an extension request. */
  public static byte[] create(KeyPair key, Optional<String> commonName, Names names) {
    KeyAlgorithm algorithm = KeyAlgorithm.ofKey(key.getPublic());
    DerWriter writer = new DerWriter();
    RequestedExtensions.writeAttributes(writer, names);
    writer.raw(key.getPublic().getEncoded());
    SubjectDn.write(writer, commonName);
    byte[] toBeSigned = writer.integer(0).sequence(0).toByteArray();
    byte[] signature;
    try {
      Signature signer = Signature.getInstance(algorithm.signatureName());
      signer.initSign(key.getPrivate());
      signer.update(toBeSigned);
      signature = signer.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot sign with a " + algorithm.label() + " key", e);
    }
    return new DerWriter(toBeSigned.length + signature.length + 32)
        .bitString(signature)
        .raw(algorithm.signatureAlgorithm())
        .raw(toBeSigned)
        .sequence(0)
        .toByteArray();
  }

  public SubjectKey key() {
    return key;
  }

  /** The one common name of the subject, if there is one. */
  public Optional<String> commonName() {
    return commonName;
  }

  /** The subject alternative names asked for. */
  public Names names() {
    return extensions.names();
  }

  /** Whether basic constraints with CA:TRUE are asked for. */
  public boolean asksForCa() {
    return extensions.asksForCa();
  }

  /** The other extensions asked for, as dotted object identifiers. */
  public List<String> requestedExtensions() {
    return extensions.others();
  }

  /**
   * SHA-256 of all that is asked for: key, subject and attributes, which are the
   * CertificationRequestInfo of RFC 2986 4.1. The same after the request was signed again.
   */
  public byte[] contentSha256() {
    return Hashes.sha256(toBeSigned);
  }

  public byte[] encoded() {
    return encoded.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CertificateRequest request
        && MessageDigest.isEqual(encoded, request.encoded);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(encoded);
  }

  @Override
  public String toString() {
    return "request for " + key + commonName.map(name -> " CN=" + SafeText.of(name)).orElse("");
  }

  private static void verifySignature(
      SubjectKey key, DerReader algorithm, byte[] toBeSigned, byte[] signature)
      throws InvalidRequestException, MalformedDerException {
    RequestSignature.Scheme scheme = RequestSignature.schemeFor(key, algorithm);
    if (scheme.isEcdsa()) {
      RequestSignature.checkEcdsaForm(signature);
    }
    boolean valid;
    try {
      Signature verifier = Signature.getInstance(scheme.name());
      if (scheme.parameters().isPresent()) {
        verifier.setParameter(scheme.parameters().get());
      }
      verifier.initVerify(key.publicKey());
      verifier.update(toBeSigned);
      valid = verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      // Some providers throw where others say false.
      valid = false;
    }
    if (!valid) {
      throw new InvalidRequestException(
          Fault.BAD_POSSESSION, "the signature of the request does not verify with its key");
    }
  }
}
