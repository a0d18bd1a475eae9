package dev.countersign.server.lint;

import dev.countersign.pki.DerReader;
import dev.countersign.pki.MalformedDerException;
import dev.countersign.pki.Oids;

/**
 * What a rule sees: the draft, and the certificate of its issuer; for a self-signed one, the draft
 * itself.
 *
 * @param signatureAlgorithm the AlgorithmIdentifier of the issuer's key
 */
@SuppressWarnings("ArrayRecordComponent") // compared part by part, never as a whole
public record LintSubject(
    TbsCertificate draft, TbsCertificate issuer, byte[] signatureAlgorithm, boolean selfSigned) {

  public static final String OCSP_SIGNING = "1.3.6.1.5.5.7.3.9";

  /** Whether the draft says cA TRUE. */
  public boolean isCa() throws MalformedDerException {
    var extension = draft.extension(Oids.BASIC_CONSTRAINTS);
    return extension.isPresent() && extension.get().reader().sequence().isNext(DerReader.BOOLEAN);
  }

  /** RFC 6960 4.2.2.2.1: a responder's certificate that clients do not check for revocation. */
  public boolean hasNoCheck() {
    return draft.extension(Oids.OCSP_NO_CHECK).isPresent();
  }
}
