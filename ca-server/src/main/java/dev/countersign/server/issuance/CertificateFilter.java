package dev.countersign.server.issuance;

import dev.countersign.pki.SerialNumber;
import java.time.Instant;
import java.util.Optional;

/**
 * Which certificates; all that is given must match.
 *
 * @param san one DNS name, IP address, URI or e-mail address, whole, in any spelling
 * @param keyHash SHA-256 of the SubjectPublicKeyInfo, 64 hexadecimal digits
 */
public record CertificateFilter(
    Optional<String> identity,
    Optional<String> san,
    Optional<SerialNumber> serial,
    Optional<String> keyHash,
    Optional<String> profile,
    Optional<String> issuer,
    Optional<CertificateStatus> status,
    Optional<Instant> expiresBefore,
    Optional<Instant> expiresAfter) {

  private static final CertificateFilter ALL =
      new CertificateFilter(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  public static CertificateFilter all() {
    return ALL;
  }

  public static CertificateFilter ofIdentity(String name) {
    return new CertificateFilter(
        Optional.of(name),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  public CertificateFilter withStatus(CertificateStatus wanted) {
    return new CertificateFilter(
        identity,
        san,
        serial,
        keyHash,
        profile,
        issuer,
        Optional.of(wanted),
        expiresBefore,
        expiresAfter);
  }
}
