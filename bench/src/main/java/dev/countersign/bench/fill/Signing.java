package dev.countersign.bench.fill;

import dev.countersign.pki.DerWriter;
import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.Names;
import dev.countersign.pki.Oids;
import dev.countersign.pki.SerialNumber;
import dev.countersign.pki.SubjectKey;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.authority.CrlShards;
import dev.countersign.server.authority.Extensions;
import dev.countersign.server.authority.PublicationUrls;
import dev.countersign.server.policy.Profile;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Certificates as the server drafts them, each with a key of its own that nobody keeps. Not by the
 * server's own drafting, which checks the proof of possession that nobody has here.
 */
final class Signing {
  private static final byte[] VERSION_3 = {(byte) 0xa0, 3, 2, 1, 2}; // RFC 5280 4.1.2.1

  private final Authority issuer;
  private final CrlShards shards;
  private final List<byte[]> pointers = new ArrayList<>();
  private final byte[] algorithmAndIssuer;
  private final byte[] usage;
  private final ThreadLocal<KeyPairGenerator> keys;

  Signing(
      Authority issuer,
      CrlShards shards,
      PublicationUrls urls,
      Profile profile,
      SecureRandom random) {
    this.issuer = issuer;
    this.shards = shards;
    String name = issuer.name();
    byte[] access =
        Extensions.authorityInformationAccess(Optional.of(urls.ocsp(name)), urls.certificate(name));
    for (int shard = 0; shard < shards.count(); shard++) {
      byte[] point = Extensions.crlDistributionPoint(urls.crl(name, shards, shard));
      pointers.add(new DerWriter(512).raw(access).raw(point).toByteArray());
    }
    algorithmAndIssuer =
        new DerWriter(256)
            .raw(issuer.facts().subject())
            .raw(issuer.keyAlgorithm().signatureAlgorithm())
            .toByteArray();
    usage =
        new DerWriter(64)
            .raw(Extensions.extendedKeyUsage(profile.extendedKeyUsageOids()))
            .raw(Extensions.keyUsage(profile.keyUsageBits("P-256")))
            .raw(Extensions.noCa())
            .toByteArray();
    keys = ThreadLocal.withInitial(() -> generator(random));
  }

  private static KeyPairGenerator generator(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      return generator;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  SubjectKey key() {
    try {
      return SubjectKey.checked(keys.get().generateKeyPair().getPublic().getEncoded());
    } catch (InvalidRequestException e) {
      throw new IllegalStateException("A provider of this Java made a weak key", e);
    }
  }

  byte[] certificate(
      SerialNumber serial,
      String commonName,
      Names names,
      SubjectKey key,
      Instant from,
      Instant to) {
    DerWriter writer = new DerWriter(1024); // backward: what comes last is written first
    writer.raw(pointers.get(shards.of(serial)));
    int extension = writer.mark();
    writer.octetString(names.toGeneralNames());
    writer.oid(Oids.SUBJECT_ALTERNATIVE_NAME).sequence(extension);
    writer.raw(Extensions.authorityKeyIdentifier(issuer.facts().keyIdentifier()));
    writer.raw(Extensions.subjectKeyIdentifier(key.keyIdentifier()));
    writer.raw(usage).sequence(0).wrap(0xa3, 0);
    writer.raw(key.encoded());
    int subject = writer.mark();
    Extensions.attribute(writer, Oids.COMMON_NAME, commonName);
    writer.sequence(subject);
    Extensions.validity(writer, from, to);
    writer.raw(algorithmAndIssuer);
    byte[] tbs = writer.integer(serial.toBigInteger()).raw(VERSION_3).sequence(0).toByteArray();
    byte[] signature = issuer.signingKey().orElseThrow().sign(tbs);
    return new DerWriter(tbs.length + signature.length + 64)
        .bitString(signature)
        .raw(issuer.keyAlgorithm().signatureAlgorithm())
        .raw(tbs)
        .sequence(0)
        .toByteArray();
  }
}
