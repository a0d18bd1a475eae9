package dev.countersign.server.issuance;

import dev.countersign.pki.Certificate;
import java.util.ArrayList;
import java.util.List;

/**
 * A certificate that is durably recorded, and may be released. Only the certificate store has it.
 */
public final class RecordedCertificate {

  private final Certificate certificate;
  private final List<Certificate> issuers;
  private final String issuer;
  private final String identity;
  private final String profile;
  private final RenewalWindow renewal;

  RecordedCertificate(CertificateRow row, AnswerContext context) {
    this.certificate = row.certificate();
    this.issuer = row.issuer();
    this.issuers = List.copyOf(context.chainFrom(issuer));
    this.identity = row.identity();
    this.profile = row.profile();
    this.renewal = context.renewalOf(profile, certificate);
  }

  public Certificate certificate() {
    return certificate;
  }

  /** The certificate, then the CA certificates from the issuer upwards, without the root. */
  public List<Certificate> chain() {
    List<Certificate> chain = new ArrayList<>();
    chain.add(certificate);
    chain.addAll(issuers);
    return List.copyOf(chain);
  }

  /** The CA certificates from the issuer upwards, without the root. */
  public List<Certificate> issuers() {
    return issuers;
  }

  /** The name of the authority that signed it. */
  public String issuer() {
    return issuer;
  }

  public String identity() {
    return identity;
  }

  public String profile() {
    return profile;
  }

  public RenewalWindow renewal() {
    return renewal;
  }
}
