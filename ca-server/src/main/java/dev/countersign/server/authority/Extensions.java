package dev.countersign.server.authority;

import dev.countersign.pki.DerReader;
import dev.countersign.pki.DerWriter;
import dev.countersign.pki.Oids;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The DER of the parts that certificates are put together from; what never changes is made once by
 * the caller.
 */
public final class Extensions {
  private static final String OCSP = "1.3.6.1.5.5.7.48.1";
  private static final String CA_ISSUERS = "1.3.6.1.5.5.7.48.2";
  private static final int URI_NAME = 0x86;

  private Extensions() {}

  /** RFC 5280 4.2: one extension around the DER of its value. */
  public static byte[] extension(String oid, boolean critical, byte[] value) {
    DerWriter writer = new DerWriter(value.length + 32);
    writer.octetString(value);
    if (critical) {
      writer.bool(true);
    }
    return writer.oid(oid).sequence(0).toByteArray();
  }

  /** RFC 5280 4.2.1.9: critical, and cA FALSE is not written, being the default. */
  public static byte[] noCa() {
    return extension(Oids.BASIC_CONSTRAINTS, true, new DerWriter(8).sequence(0).toByteArray());
  }

  public static byte[] ca(Optional<Integer> pathLength) {
    DerWriter value = new DerWriter(16);
    pathLength.ifPresent(value::integer);
    return extension(Oids.BASIC_CONSTRAINTS, true, value.bool(true).sequence(0).toByteArray());
  }

  /**
   * RFC 5280 4.2.1.3: critical.
   *
   * @param bits bit i stands for the named bit i
   */
  public static byte[] keyUsage(int bits) {
    int length = 32 - Integer.numberOfLeadingZeros(bits);
    byte[] content = new byte[1 + (length + 7) / 8];
    content[0] = (byte) (8 * (content.length - 1) - length);
    for (int i = 0; i < length; i++) {
      if ((bits & 1 << i) != 0) {
        content[1 + i / 8] |= (byte) (0x80 >>> i % 8);
      }
    }
    byte[] value = new DerWriter(8).value(DerReader.BIT_STRING, content).toByteArray();
    return extension(Oids.KEY_USAGE, true, value);
  }

  public static byte[] extendedKeyUsage(List<String> purposes) {
    DerWriter value = new DerWriter(64);
    for (int i = purposes.size() - 1; i >= 0; i--) {
      value.oid(purposes.get(i));
    }
    return extension(Oids.EXTENDED_KEY_USAGE, false, value.sequence(0).toByteArray());
  }

  public static byte[] subjectKeyIdentifier(byte[] identifier) {
    byte[] value = new DerWriter(32).octetString(identifier).toByteArray();
    return extension(Oids.SUBJECT_KEY_IDENTIFIER, false, value);
  }

  public static byte[] authorityKeyIdentifier(byte[] identifier) {
    byte[] value = new DerWriter(32).value(0x80, identifier).sequence(0).toByteArray();
    return extension(Oids.AUTHORITY_KEY_IDENTIFIER, false, value);
  }

  /** RFC 5280 4.2.1.13: one point, one complete list. */
  public static byte[] crlDistributionPoint(String url) {
    DerWriter value = new DerWriter(128);
    value.ascii(URI_NAME, url).wrap(0xa0, 0).wrap(0xa0, 0).sequence(0).sequence(0);
    return extension(Oids.CRL_DISTRIBUTION_POINTS, false, value.toByteArray());
  }

  public static byte[] authorityInformationAccess(Optional<String> ocsp, String issuers) {
    DerWriter value = new DerWriter(256);
    access(value, CA_ISSUERS, issuers);
    ocsp.ifPresent(url -> access(value, OCSP, url));
    return extension(Oids.AUTHORITY_INFORMATION_ACCESS, false, value.sequence(0).toByteArray());
  }

  private static void access(DerWriter writer, String method, String url) {
    int mark = writer.mark();
    writer.ascii(URI_NAME, url).oid(method).sequence(mark);
  }

  public static byte[] nameConstraints(NameConstraints constraints) {
    return extension(Oids.NAME_CONSTRAINTS, true, constraints.encode());
  }

  /** RFC 6960 4.2.2.2.1 */
  public static byte[] ocspNoCheck() {
    return extension(Oids.OCSP_NO_CHECK, false, new DerWriter(16).nul().toByteArray());
  }

  /** One RDN of a subject: a SET of one attribute as UTF8String. */
  public static void attribute(DerWriter writer, String oid, String value) {
    int mark = writer.mark();
    writer.utf8(value).oid(oid).sequence(mark).set(mark);
  }

  public static void validity(DerWriter writer, Instant notBefore, Instant notAfter) {
    int mark = writer.mark();
    writer.time(notAfter).time(notBefore).sequence(mark);
  }
}
