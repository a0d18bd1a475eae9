package dev.countersign.server.ocsp;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.DerWriter;
import dev.countersign.pki.RevocationReason;
import dev.countersign.server.issuance.Denial;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The DER of a successful OCSPResponse (RFC 6960 4.2.1), written backward. */
final class OcspResponseWriter {
  private static final String BASIC = "1.3.6.1.5.5.7.48.1.1";
  private static final int GOOD = 0x80;
  private static final int REVOKED = 0xa1;
  private static final int UNKNOWN = 0x82;
  private static final byte[] NOTHING = {};

  /**
   * One answer: to a CertID as it was asked, with what is known of it.
   *
   * @param issued whether there is such a certificate at all
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Single(byte[] certId, boolean issued, Optional<Denial> denial) {}

  private final Responder responder;
  private final Instant now;
  private final Instant nextUpdate;

  OcspResponseWriter(Responder responder, Instant now, Instant nextUpdate) {
    this.responder = responder;
    this.now = now;
    this.nextUpdate = nextUpdate;
  }

  /**
   * @param nonce the extension of the request, repeated as it is
   */
  byte[] write(List<Single> singles, Optional<byte[]> nonce) {
    byte[] data = responseData(singles, nonce);
    byte[] signature = responder.key().sign(data);
    DerWriter writer = new DerWriter(data.length + signature.length + 2048);
    responder
        .certificate()
        .map(Certificate::encoded)
        .ifPresent(
            certificate -> {
              writer.raw(certificate).sequence(0).wrap(0xa0, 0);
            });
    writer
        .bitString(signature)
        .raw(responder.key().algorithm().signatureAlgorithm())
        .raw(data)
        .sequence(0) // BasicOCSPResponse
        .wrapOctetString(0)
        .oid(BASIC)
        .sequence(0) // ResponseBytes
        .wrap(0xa0, 0)
        .enumerated(0) // successful
        .sequence(0);
    return writer.toByteArray();
  }

  private byte[] responseData(List<Single> singles, Optional<byte[]> nonce) {
    DerWriter writer = new DerWriter(256 + 192 * singles.size());
    nonce.ifPresent(extension -> writer.raw(extension).sequence(0).wrap(0xa1, 0));
    int list = writer.mark();
    for (int i = singles.size() - 1; i >= 0; i--) {
      single(writer, singles.get(i));
    }
    writer.sequence(list).generalizedTime(now);
    int name = writer.mark();
    writer.octetString(responder.keyHash()).wrap(0xa2, name); // byKey
    return writer.sequence(0).toByteArray();
  }

  private void single(DerWriter writer, Single single) {
    int whole = writer.mark();
    int next = writer.mark();
    writer.generalizedTime(nextUpdate).wrap(0xa0, next);
    writer.generalizedTime(now);
    if (single.denial().isPresent()) {
      revoked(writer, single.denial().get());
    } else {
      writer.value(single.issued() ? GOOD : UNKNOWN, NOTHING);
    }
    writer.raw(single.certId()).sequence(whole);
  }

  private static void revoked(DerWriter writer, Denial denial) {
    int info = writer.mark();
    if (denial.reason() != RevocationReason.UNSPECIFIED) { // said by saying nothing, as in CRLs
      writer.enumerated(denial.reason().code()).wrap(0xa0, info);
    }
    writer.generalizedTime(denial.revokedAt()).wrap(REVOKED, info);
  }
}
