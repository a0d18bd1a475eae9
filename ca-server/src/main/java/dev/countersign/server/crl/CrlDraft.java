package dev.countersign.server.crl;

import dev.countersign.pki.DerReader;
import dev.countersign.pki.DerWriter;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.authority.Extensions;
import dev.countersign.server.keys.SigningKey;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.util.ArrayList;
import java.util.List;

/**
 * One list before it is signed (RFC 5280 5), in pieces: a front, the entries where they lie, and
 * extensions. They are hashed and sent piece by piece, never copied into one.
 */
final class CrlDraft {
  private static final byte[] VERSION_2 = {DerReader.INTEGER, 1, 1}; // RFC 5280 5.1.2.1

  private final Authority issuer;
  private final List<byte[]> toBeSigned = new ArrayList<>();

  /**
   * @param heading whose number and times the list has
   * @param entries one after the other
   * @param special DER of extensions besides number and issuer, which every list has
   */
  CrlDraft(Authority issuer, CrlRow heading, List<SortedEntries> entries, byte[] special) {
    byte[] extensions =
        new DerWriter(256)
            .raw(special)
            .raw(CrlExtensions.number(heading.number()))
            .raw(Extensions.authorityKeyIdentifier(issuer.facts().keyIdentifier()))
            .toByteArray();
    this.issuer = issuer;
    byte[] back =
        new DerWriter(extensions.length + 16)
            .raw(extensions)
            .sequence(0)
            .wrap(0xa0, 0)
            .toByteArray();
    long listed = entries.stream().mapToLong(SortedEntries::length).sum();
    DerWriter front = new DerWriter(512);
    if (listed > 0) { // RFC 5280 5.1.2.6: without entries the list is absent
      front.raw(header(listed));
    }
    front.raw(CrlTime.time(heading.nextUpdate())).raw(CrlTime.time(heading.thisUpdate()));
    front.raw(issuer.facts().subject()).raw(algorithm()).raw(VERSION_2);
    front.raw(header(front.mark() + listed + back.length));
    toBeSigned.add(front.toByteArray());
    entries.forEach(some -> some.addTo(toBeSigned));
    toBeSigned.add(back);
  }

  byte[] sign(SigningKey key) {
    return key.sign(toBeSigned);
  }

  /** Whether the issuer's signature is one of exactly this. */
  boolean isSignedBy(byte[] signature) {
    try {
      Signature check = Signature.getInstance(issuer.keyAlgorithm().signatureName());
      check.initVerify(issuer.facts().publicKey());
      for (byte[] piece : toBeSigned) {
        check.update(piece);
      }
      return check.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  List<byte[]> signed(byte[] signature) {
    byte[] back =
        new DerWriter(signature.length + 64).bitString(signature).raw(algorithm()).toByteArray();
    long length = back.length;
    for (byte[] piece : toBeSigned) {
      length += piece.length;
    }
    List<byte[]> whole = new ArrayList<>(toBeSigned.size() + 2);
    whole.add(header(length));
    whole.addAll(toBeSigned);
    whole.add(back);
    return whole;
  }

  private byte[] algorithm() {
    return issuer.keyAlgorithm().signatureAlgorithm();
  }

  /** Of a SEQUENCE whose content lies elsewhere. */
  private static byte[] header(long length) {
    if (length < 0x80) {
      return new byte[] {DerReader.SEQUENCE, (byte) length};
    }
    int octets = (64 - Long.numberOfLeadingZeros(length) + 7) / 8;
    byte[] header = new byte[2 + octets];
    header[0] = DerReader.SEQUENCE;
    header[1] = (byte) (0x80 | octets);
    for (int i = 0; i < octets; i++) {
      header[2 + i] = (byte) (length >>> 8 * (octets - 1 - i));
    }
    return header;
  }
}
