package dev.countersign.server.ocsp;

import dev.countersign.pki.DerReader;
import dev.countersign.pki.MalformedDerException;
import dev.countersign.pki.SerialNumber;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An OCSPRequest (RFC 6960 4.1.1), read strictly. CertIDs and the nonce are kept as they stand: an
 * answer repeats them byte for byte. A requestor's name and signature are passed over; answers are
 * for everyone.
 *
 * @param nonce the whole extension
 */
record OcspRequest(List<Entry> entries, Optional<byte[]> nonce) {
  private static final int MOST_ENTRIES = 16;
  private static final int LONGEST_NONCE = 128; // RFC 9654 2.1
  private static final String NONCE = "1.3.6.1.5.5.7.48.1.2";

  /** One certificate that is asked about. */
  @SuppressWarnings("ArrayRecordComponent")
  record Entry(byte[] certId, String hash, byte[] nameHash, byte[] keyHash, byte[] serial) {

    /** Empty when no certificate can have it. */
    Optional<SerialNumber> serialNumber() {
      BigInteger value = new BigInteger(serial);
      // RFC 5280 4.1.2.2: positive, at most 20 octets
      return value.signum() > 0 && value.bitLength() <= 160
          ? Optional.of(SerialNumber.of(value))
          : Optional.empty();
    }
  }

  /** Whether anyone else may ask exactly the same. */
  boolean isPlain() {
    return entries.size() == 1 && nonce.isEmpty();
  }

  OcspRequest withoutNonce() {
    return new OcspRequest(entries, Optional.empty());
  }

  static OcspRequest read(byte[] der) throws MalformedDerException {
    DerReader whole = DerReader.of(der);
    whole.checkTree();
    DerReader request = whole.sequence();
    whole.end();
    DerReader body = request.sequence();
    if (request.isNext(0xa0)) {
      request.skip(); // optionalSignature
    }
    request.end();
    if (body.isNext(0xa1)) {
      body.skip(); // requestorName; a version [0] would be v1 by default, which DER does not write
    }
    List<Entry> entries = entries(body.sequence());
    Optional<byte[]> nonce = Optional.empty();
    if (body.isNext(0xa2)) {
      nonce = nonce(explicitSequence(body, 0xa2));
    }
    body.end();
    return new OcspRequest(entries, nonce);
  }

  private static List<Entry> entries(DerReader list) throws MalformedDerException {
    List<Entry> entries = new ArrayList<>();
    if (list.atEnd()) {
      throw new MalformedDerException("a request about nothing", list.offset());
    }
    while (!list.atEnd()) {
      DerReader single = list.sequence();
      entries.add(entry(single.element()));
      if (single.isNext(0xa0)) {
        DerReader extensions = explicitSequence(single, 0xa0);
        while (!extensions.atEnd()) {
          extension(extensions);
        }
      }
      single.end();
      if (entries.size() > MOST_ENTRIES) {
        throw new MalformedDerException("too many certificates", list.offset());
      }
    }
    return List.copyOf(entries);
  }

  private static Entry entry(byte[] certId) throws MalformedDerException {
    DerReader parts = DerReader.of(certId).sequence();
    DerReader algorithm = parts.sequence();
    String hash = algorithm.oid();
    if (!algorithm.atEnd()) {
      algorithm.nul();
      algorithm.end();
    }
    Entry entry =
        new Entry(
            certId,
            hash,
            parts.octetString(),
            parts.octetString(),
            parts.content(DerReader.INTEGER));
    parts.end();
    return entry;
  }

  private static Optional<byte[]> nonce(DerReader extensions) throws MalformedDerException {
    Optional<byte[]> nonce = Optional.empty();
    while (!extensions.atEnd()) {
      int start = extensions.offset();
      byte[] element = extension(extensions);
      DerReader extension = DerReader.of(element).sequence();
      if (!extension.oid().equals(NONCE)) {
        continue;
      }
      extension.boolDefaultFalse();
      DerReader value = DerReader.of(extension.octetString());
      int length = value.octetString().length;
      value.end();
      // RFC 9654 2.1: 0 and more than 128 octets are refused
      if (length < 1 || length > LONGEST_NONCE || nonce.isPresent()) {
        throw new MalformedDerException("a nonce that is empty, too long or doubled", start);
      }
      nonce = Optional.of(element);
    }
    return nonce;
  }

  /** Passes one extension; a critical one that is not known cannot be answered to. */
  private static byte[] extension(DerReader extensions) throws MalformedDerException {
    int start = extensions.offset();
    byte[] element = extensions.element();
    DerReader extension = DerReader.of(element).sequence();
    String oid = extension.oid();
    boolean critical = extension.boolDefaultFalse();
    extension.octetString();
    extension.end();
    if (critical && !oid.equals(NONCE)) {
      throw new MalformedDerException("an unknown critical extension", start);
    }
    return element;
  }

  private static DerReader explicitSequence(DerReader parent, int tag)
      throws MalformedDerException {
    DerReader tagged = parent.enter(tag);
    DerReader sequence = tagged.sequence();
    tagged.end();
    return sequence;
  }
}
