package dev.countersign.server.issuance;

import dev.countersign.pki.CertificateRequest;
import dev.countersign.pki.FlattenedJws;
import dev.countersign.pki.InvalidRequestException;
import dev.countersign.server.http.JsonBody;

/** What every request for a certificate carries: the certification request, PEM or base64url. */
public record CsrPayload(String csr) {

  public static CsrPayload of(FlattenedJws jws) {
    return JsonBody.parse(jws.payloadBytes(), CsrPayload.class);
  }

  public CertificateRequest request() throws InvalidRequestException {
    return CertificateRequest.verified(csr);
  }
}
