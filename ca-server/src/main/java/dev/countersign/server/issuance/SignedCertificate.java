package dev.countersign.server.issuance;

import dev.countersign.pki.Certificate;

/** Signed and not yet recorded: it must not leave the process. Only the step "sign" makes one. */
public final class SignedCertificate {

  private final String issuer;
  private final Certificate certificate;

  /**
   * @param issuer the authority's name, as {@code issuing-1}
   */
  SignedCertificate(String issuer, Certificate certificate) {
    this.issuer = issuer;
    this.certificate = certificate;
  }

  String issuer() {
    return issuer;
  }

  Certificate certificate() {
    return certificate;
  }
}
