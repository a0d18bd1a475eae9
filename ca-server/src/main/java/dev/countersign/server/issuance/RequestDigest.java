package dev.countersign.server.issuance;

import dev.countersign.pki.CertificateRequest;

/**
 * What is remembered of a certification request, to know it again.
 *
 * @param key SHA-256 of the SubjectPublicKeyInfo
 * @param content SHA-256 of all that it asks for
 */
@SuppressWarnings("ArrayRecordComponent") // never compared as a whole
public record RequestDigest(byte[] key, byte[] content) {

  public static RequestDigest of(CertificateRequest request) {
    return new RequestDigest(request.key().sha256(), request.contentSha256());
  }
}
