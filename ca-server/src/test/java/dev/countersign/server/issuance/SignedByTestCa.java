package dev.countersign.server.issuance;

import dev.countersign.pki.Certificate;

/** What only the step "sign" may make, for tests of what follows it. */
public final class SignedByTestCa {

  private SignedByTestCa() {}

  public static SignedCertificate of(String issuer, Certificate certificate) {
    return new SignedCertificate(issuer, certificate);
  }
}
