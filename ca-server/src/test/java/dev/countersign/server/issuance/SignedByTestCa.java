package dev.countersign.server.issuance;

import dev.countersign.pki.Certificate;

/** What only the step "sign" may make, for tests of what follows it. */
public final class SignedByTestCa {

  private SignedByTestCa() {}

  /** As if the request had asked for the key alone. */
  public static SignedCertificate of(String issuer, Certificate certificate) {
    return of(issuer, certificate, certificate.pin().digest());
  }

  /**
   * With a request of other content.
   *
   * @param content see {@link RequestDigest#content}
   */
  public static SignedCertificate of(String issuer, Certificate certificate, byte[] content) {
    return new SignedCertificate(
        issuer, certificate, new RequestDigest(certificate.pin().digest(), content));
  }
}
