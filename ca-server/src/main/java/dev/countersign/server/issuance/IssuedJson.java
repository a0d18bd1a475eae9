package dev.countersign.server.issuance;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.PreparedJson;
import dev.countersign.server.identity.NamesJson;
import java.time.Instant;
import java.util.List;

/** A certificate with all that its holder needs to use it and to check others. */
public record IssuedJson(
    String serial,
    String identity,
    String profile,
    NamesJson names,
    Instant notBefore,
    Instant notAfter,
    String certificate,
    PreparedJson chain,
    PreparedJson trust,
    PreparedJson denials,
    RenewalWindow renewal) {

  /**
   * The revocation lists of the chain.
   *
   * @param number highest revocation number that {@code crls} contain
   * @param crls PEM, one for each CA of the chain whose list is not too large
   * @param elsewhere addresses of the lists that are
   */
  public record DenialsJson(long number, String crls, List<String> elsewhere) {}

  /**
   * What is answered along with every certificate, because it changes without it.
   *
   * @param chain PEM, from the issuer upwards, without the root
   * @param trust a {@link dev.countersign.server.authority.TrustBundleJson}
   * @param denials a {@link DenialsJson}
   */
  public record Companion(PreparedJson chain, PreparedJson trust, PreparedJson denials) {}

  /** Finds it. */
  public interface Companions {
    /**
     * As it is now.
     *
     * @param issuers the CA certificates of the chain, from the issuer upwards, without the root
     */
    Companion of(List<Certificate> issuers);
  }

  public static IssuedJson of(RecordedCertificate recorded, Companions companions) {
    Certificate certificate = recorded.certificate();
    Companion companion = companions.of(recorded.issuers());
    return new IssuedJson(
        certificate.serial().toString(),
        recorded.identity(),
        recorded.profile(),
        NamesJson.of(certificate.names()),
        certificate.notBefore(),
        certificate.notAfter(),
        certificate.toPem(),
        companion.chain(),
        companion.trust(),
        companion.denials(),
        recorded.renewal());
  }
}
