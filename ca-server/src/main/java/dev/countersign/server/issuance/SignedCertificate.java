package dev.countersign.server.issuance;

import dev.countersign.pki.Certificate;

/** Signed and not yet recorded: it must not leave the process. Only the step "sign" makes one. */
public final class SignedCertificate {

  private final String issuer;
  private final Certificate certificate;
  private final RequestDigest request;

  /**
   * @param issuer the authority's name, as {@code issuing-1}
   * @param request what was asked for
   */
  SignedCertificate(String issuer, Certificate certificate, RequestDigest request) {
    this.issuer = issuer;
    this.certificate = certificate;
    this.request = request;
  }

  String issuer() {
    return issuer;
  }

  Certificate certificate() {
    return certificate;
  }

  RequestDigest request() {
    return request;
  }
}
