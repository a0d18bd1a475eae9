package dev.countersign.server.access;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.FlattenedJws;
import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.JwsAlgorithm;
import dev.countersign.pki.SubjectKey;
import dev.countersign.server.issuance.CertificateRow;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import java.security.PublicKey;
import java.util.Optional;

/**
 * Whoever signs a request with the key of a certificate of ours, named in {@code x5c}. An unknown
 * certificate and a wrong signature get one and the same answer, for the same work: no key is ever
 * used that this authority has not certified, or made up for this.
 */
public final class SignedHolders {
  private final Access access;
  private final SignedRequests requests;

  public SignedHolders(Access access, SignedRequests requests) {
    this.access = access;
    this.requests = requests;
  }

  /**
   * The certificate, whatever its state: that is for the caller to judge.
   *
   * @param path of this call
   */
  public CertificateRow certificate(FlattenedJws jws, String path) {
    JwsAlgorithm algorithm = jws.algorithm();
    Optional<CertificateRow> found = access.known(jws.x5c().get(0));
    boolean signed = jws.verify(keyToTry(found, algorithm));
    if (found.isEmpty() || !signed) {
      throw new Refusal(
          Kind.NOT_FOUND,
          "No certificate of this authority has signed this request: sign with the key of the"
              + " current certificate, and give that certificate as x5c.");
    }
    requests.check(jws, path);
    return found.get();
  }

  /** That of the certificate on record, where it is one for this algorithm; else nobody's. */
  static PublicKey keyToTry(Optional<CertificateRow> found, JwsAlgorithm algorithm) {
    return found
        .map(row -> certified(row.certificate()))
        .filter(own -> JwsAlgorithm.forKey(own) == algorithm)
        .orElseGet(() -> NobodysKeys.of(algorithm));
  }

  private static PublicKey certified(Certificate certificate) {
    try {
      return SubjectKey.checked(certificate.publicKeyInfo()).publicKey();
    } catch (InvalidRequestException e) {
      throw new IllegalStateException("a key that was checked before it was certified", e);
    }
  }
}
