package dev.countersign.server.ocsp;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.MalformedDerException;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.keys.SigningKey;
import dev.countersign.server.lint.TbsCertificate;
import java.time.Instant;
import java.util.Optional;

/**
 * Who signs answers: a key with a certificate of the issuer for just that (RFC 6960 4.2.2.2), or
 * the issuer itself.
 *
 * @param keyHash SHA-1 of the key bits: the responder's name in an answer
 * @param renewAt when a delegate needs a new certificate
 * @param until when its answers are good no more
 */
@SuppressWarnings("ArrayRecordComponent")
record Responder(
    SigningKey key,
    byte[] keyHash,
    Optional<Certificate> certificate,
    Instant renewAt,
    Instant until) {

  static Responder delegate(SigningKey key, Certificate certificate, Instant renewAt) {
    return new Responder(
        key,
        OcspIssuer.digest("SHA-1", keyBits(certificate)),
        Optional.of(certificate),
        renewAt,
        certificate.notAfter());
  }

  static Responder issuerItself(Authority issuer, SigningKey key) {
    return new Responder(
        key,
        OcspIssuer.digest("SHA-1", issuer.facts().keyBits()),
        Optional.empty(),
        Instant.MAX,
        issuer.certificate().notAfter());
  }

  /** Not one that was certified while the clock was ahead. */
  boolean isGoodAt(Instant now) {
    return now.isBefore(until)
        && certificate.filter(own -> now.isBefore(own.notBefore())).isEmpty();
  }

  private static byte[] keyBits(Certificate certificate) {
    try {
      return TbsCertificate.ofCertificate(certificate.encoded()).publicKeyBits();
    } catch (MalformedDerException e) {
      throw new IllegalStateException("Our own certificate cannot be read", e);
    }
  }
}
