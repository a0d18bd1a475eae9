package dev.countersign.server.authority;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.MalformedDerException;
import dev.countersign.pki.Oids;
import dev.countersign.pki.SubjectKey;
import dev.countersign.server.lint.TbsCertificate;
import java.security.PublicKey;
import java.time.Instant;

/**
 * What all certificates, CRLs and OCSP answers of one issuer take from its certificate, read once.
 * The subject is kept as the bytes that stand there: the same name in another encoding is another
 * name to a byte comparison.
 */
@SuppressWarnings("ArrayRecordComponent") // compared part by part, never as a whole
public record IssuerFacts(
    byte[] subject,
    byte[] keyIdentifier,
    byte[] keyBits,
    PublicKey publicKey,
    NameConstraints constraints,
    Instant notAfter) {

  static IssuerFacts of(Certificate certificate) {
    try {
      TbsCertificate tbs = TbsCertificate.ofCertificate(certificate.encoded());
      SubjectKey key = SubjectKey.checked(tbs.publicKeyInfo());
      byte[] identifier =
          certificate
              .subjectKeyIdentifier()
              .orElseThrow(() -> new IllegalArgumentException("A CA certificate without SKI"));
      var extension = tbs.extension(Oids.NAME_CONSTRAINTS);
      NameConstraints constraints =
          extension.isPresent()
              ? NameConstraints.parse(extension.get().value())
              : NameConstraints.none();
      return new IssuerFacts(
          certificate.subjectDer(),
          identifier,
          tbs.publicKeyBits(),
          key.publicKey(),
          constraints,
          certificate.notAfter());
    } catch (MalformedDerException | InvalidRequestException e) {
      throw new IllegalArgumentException("Not a CA certificate of ours: " + e.getMessage(), e);
    }
  }

  public KeyAlgorithm keyAlgorithm() {
    return KeyAlgorithm.ofKey(publicKey);
  }
}
