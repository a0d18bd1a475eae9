package dev.countersign.server.policy;

import dev.countersign.pki.CertificateRequest;
import dev.countersign.pki.DerReader;
import dev.countersign.pki.MalformedDerException;
import dev.countersign.pki.Oids;
import java.util.ArrayList;
import java.util.List;

/** An extension that a certification request asks for, as it stands there. */
@SuppressWarnings("ArrayRecordComponent") // compared part by part, never as a whole
public record RequestedExtension(String oid, boolean critical, byte[] value) {

  /** All but the alternative names, which the request gives as {@code names()}. */
  public static List<RequestedExtension> of(CertificateRequest request) {
    if (request.requestedExtensions().isEmpty() && !request.asksForCa()) {
      return List.of(); // the common case, without reading the request again
    }
    List<RequestedExtension> found = new ArrayList<>();
    try {
      DerReader info = DerReader.of(request.encoded()).sequence().sequence();
      info.integer();
      info.skip();
      info.skip();
      DerReader attributes = info.enter(0xa0);
      while (!attributes.atEnd()) {
        DerReader attribute = attributes.sequence();
        if (attribute.oid().equals(Oids.EXTENSION_REQUEST)) {
          read(attribute.set().sequence(), found);
        }
      }
    } catch (MalformedDerException e) {
      throw new IllegalStateException("A verified request that cannot be read again", e);
    }
    return found;
  }

  private static void read(DerReader extensions, List<RequestedExtension> found)
      throws MalformedDerException {
    while (!extensions.atEnd()) {
      DerReader extension = extensions.sequence();
      RequestedExtension requested =
          new RequestedExtension(
              extension.oid(), extension.boolDefaultFalse(), extension.octetString());
      if (!requested.oid().equals(Oids.SUBJECT_ALTERNATIVE_NAME)) {
        found.add(requested);
      }
    }
  }
}
