package dev.countersign.server.ocsp;

import dev.countersign.pki.DerWriter;
import dev.countersign.server.authority.Authority;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** An authority as CertIDs name it: by hashes of its subject and its key (RFC 6960 4.1.1). */
@SuppressWarnings("ArrayRecordComponent")
record OcspIssuer(Authority authority, Map<String, Hashes> hashes) {
  static final String SHA_1 = "1.3.14.3.2.26";
  static final String SHA_256 = "2.16.840.1.101.3.4.2.1";

  record Hashes(byte[] name, byte[] key) {}

  static OcspIssuer of(Authority authority) {
    return new OcspIssuer(
        authority,
        Map.of(SHA_1, hashes(authority, "SHA-1"), SHA_256, hashes(authority, "SHA-256")));
  }

  private static Hashes hashes(Authority authority, String algorithm) {
    return new Hashes(
        digest(algorithm, authority.facts().subject()),
        digest(algorithm, authority.facts().keyBits()));
  }

  boolean isMeantBy(OcspRequest.Entry entry) {
    return Optional.ofNullable(hashes.get(entry.hash()))
        .filter(
            own ->
                MessageDigest.isEqual(own.name(), entry.nameHash())
                    && MessageDigest.isEqual(own.key(), entry.keyHash()))
        .isPresent();
  }

  /** RFC 6960 4.1.1. */
  byte[] certId(String hash, BigInteger serial) {
    Hashes own = Objects.requireNonNull(hashes.get(hash), hash);
    DerWriter writer = new DerWriter(128);
    writer.integer(serial).octetString(own.key()).octetString(own.name());
    int algorithm = writer.mark();
    writer.nul().oid(hash).sequence(algorithm);
    return writer.sequence(0).toByteArray();
  }

  static byte[] digest(String algorithm, byte[] input) {
    try {
      return MessageDigest.getInstance(algorithm).digest(input);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has " + algorithm, e);
    }
  }
}
