package dev.countersign.server.lint;

import dev.countersign.pki.DerReader;
import dev.countersign.pki.MalformedDerException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A TBSCertificate (RFC 5280 4.1) taken apart, with the parts that must be compared byte for byte
 * left as they are.
 */
@SuppressWarnings("ArrayRecordComponent") // compared part by part, never as a whole
public record TbsCertificate(
    int version,
    byte[] serial,
    byte[] signature,
    byte[] issuer,
    Time notBefore,
    Time notAfter,
    byte[] subject,
    byte[] publicKeyInfo,
    List<Extension> extensions) {

  /** The tag and the text as they stand, and what they mean. */
  public record Time(int tag, String text, Instant instant) {}

  /** One extension; the value is the DER inside the OCTET STRING. */
  @SuppressWarnings("ArrayRecordComponent") // compared part by part, never as a whole
  public record Extension(String oid, boolean critical, byte[] value) {
    public DerReader reader() {
      return DerReader.of(value);
    }
  }

  public static TbsCertificate ofCertificate(byte[] certificate) throws MalformedDerException {
    DerReader outer = DerReader.of(certificate);
    DerReader parts = outer.sequence();
    outer.end();
    return read(parts);
  }

  public static TbsCertificate of(byte[] tbs) throws MalformedDerException {
    DerReader whole = DerReader.of(tbs);
    whole.checkTree();
    TbsCertificate result = read(whole);
    whole.end();
    return result;
  }

  private static TbsCertificate read(DerReader parent) throws MalformedDerException {
    DerReader tbs = parent.sequence();
    int version = 0;
    if (tbs.isNext(0xa0)) {
      DerReader tagged = tbs.enter(0xa0);
      version = tagged.integer(2);
      tagged.end();
    }
    byte[] serial = tbs.content(DerReader.INTEGER);
    byte[] signature = tbs.element();
    byte[] issuer = tbs.element();
    DerReader validity = tbs.sequence();
    Time notBefore = time(validity);
    Time notAfter = time(validity);
    validity.end();
    byte[] subject = tbs.element();
    byte[] publicKeyInfo = tbs.element();
    List<Extension> extensions = new ArrayList<>();
    if (tbs.isNext(0xa3)) {
      DerReader tagged = tbs.enter(0xa3);
      DerReader list = tagged.sequence();
      tagged.end();
      while (!list.atEnd()) {
        DerReader extension = list.sequence();
        extensions.add(
            new Extension(extension.oid(), extension.boolDefaultFalse(), extension.octetString()));
        extension.end();
      }
    }
    tbs.end();
    return new TbsCertificate(
        version,
        serial,
        signature,
        issuer,
        notBefore,
        notAfter,
        subject,
        publicKeyInfo,
        List.copyOf(extensions));
  }

  private static Time time(DerReader reader) throws MalformedDerException {
    int tag = reader.peekTag();
    byte[] element = reader.element();
    Instant instant = DerReader.of(element).time();
    // Both forms are shorter than 128 octets: two octets of tag and length.
    String text = new String(element, 2, element.length - 2, StandardCharsets.ISO_8859_1);
    return new Time(tag, text, instant);
  }

  public Optional<Extension> extension(String oid) {
    for (Extension extension : extensions) {
      if (extension.oid().equals(oid)) {
        return Optional.of(extension);
      }
    }
    return Optional.empty();
  }

  /** The octets of the subject's key: what key identifiers and OCSP CertIDs are hashes of. */
  public byte[] publicKeyBits() throws MalformedDerException {
    DerReader info = DerReader.of(publicKeyInfo).sequence();
    info.skip();
    return info.bitStringOctets();
  }

  /** RFC 5280 4.1.2.6: an empty sequence of RDNs. */
  public boolean hasEmptySubject() {
    return subject.length == 2;
  }
}
