package dev.countersign.server.access;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.FlattenedJws;
import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.SubjectKey;
import dev.countersign.server.issuance.CertificateRow;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import java.util.Optional;

/**
 * Whoever signs a request with the key of a certificate of ours, named in {@code x5c}. An unknown
 * certificate and a wrong signature get one and the same answer.
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
    Certificate presented = jws.x5c().get(0);
    Optional<CertificateRow> found = access.known(presented);
    boolean signed = verifies(jws, presented);
    if (found.isEmpty() || !signed) {
      throw new Refusal(
          Kind.NOT_FOUND,
          "No certificate of this authority has signed this request: sign with the key of the"
              + " current certificate, and give that certificate as x5c.");
    }
    requests.check(jws, path);
    return found.get();
  }

  private static boolean verifies(FlattenedJws jws, Certificate presented) {
    try {
      return jws.verify(SubjectKey.checked(presented.publicKeyInfo()).publicKey());
    } catch (InvalidRequestException | IllegalArgumentException e) {
      return false;
    }
  }
}
