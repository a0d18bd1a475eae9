package dev.countersign.server.issuance;

import dev.countersign.pki.DerWriter;
import dev.countersign.pki.Oids;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.authority.CrlShards;
import dev.countersign.server.authority.Extensions;
import dev.countersign.server.authority.PublicationUrls;
import dev.countersign.server.lint.LintedDraft;
import dev.countersign.server.lint.Linter;
import dev.countersign.server.policy.ApprovedRequest;
import dev.countersign.server.policy.Profile;
import dev.countersign.server.policy.RequestedExtension;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;

/**
 * The step "draft": the exact bytes to sign, linted. What certificates of one issuer or one profile
 * have in common is DER that was made once; only the subject's parts are written for each.
 */
public final class Drafting {
  private static final byte[] VERSION_3 = {(byte) 0xa0, 3, 2, 1, 2};
  private static final byte[] NO_CHECK = Extensions.ocspNoCheck();
  private static final String USER_ID = "0.9.2342.19200300.100.1.1";
  private static final int USUAL_LENGTH = 1024;

  private final Linter linter;
  private final PublicationUrls urls;
  private final Function<String, CrlShards> shards;
  private final SecureRandom random;
  private final ConcurrentMap<String, IssuerParts> issuers = new ConcurrentHashMap<>();
  private final ConcurrentMap<Usage, byte[]> usages = new ConcurrentHashMap<>();

  private record Usage(Profile profile, String keyAlgorithm) {}

  /**
   * @param shards of the issuer with this name
   */
  public Drafting(
      Linter linter,
      PublicationUrls urls,
      Function<String, CrlShards> shards,
      SecureRandom random) {
    this.linter = linter;
    this.urls = urls;
    this.shards = shards;
    this.random = random;
  }

  public LintedDraft draft(ApprovedRequest request, Authority issuer) {
    IssuerParts parts =
        issuers.computeIfAbsent(
            issuer.name(), name -> IssuerParts.of(issuer, urls, shards.apply(name)));
    SerialNumber serial = SerialNumber.random(random);
    boolean responder = request.profile().name().equals(Profile.OCSP);
    DerWriter writer = new DerWriter(USUAL_LENGTH); // backward: what comes last is written first
    List<RequestedExtension> copied = request.copied();
    for (int i = copied.size() - 1; i >= 0; i--) {
      writer.raw(Extensions.extension(copied.get(i).oid(), false, copied.get(i).value()));
    }
    if (responder) {
      writer.raw(NO_CHECK).raw(parts.pointerToIssuer());
    } else {
      writer.raw(parts.pointers().get(parts.shards().of(serial)));
    }
    if (!request.names().isEmpty()) {
      // Not critical: the subject is never empty (RFC 5280 4.2.1.6).
      int extension = writer.mark();
      writer.octetString(request.names().toGeneralNames());
      writer.oid(Oids.SUBJECT_ALTERNATIVE_NAME).sequence(extension);
    }
    writer.raw(parts.authorityKeyIdentifier());
    int identifier = writer.mark();
    writer.octetString(request.key().keyIdentifier());
    writer.wrapOctetString(identifier).oid(Oids.SUBJECT_KEY_IDENTIFIER).sequence(identifier);
    writer.raw(usage(request)).sequence(0).wrap(0xa3, 0);
    writer.raw(request.key().encoded());
    int subject = writer.mark();
    Extensions.attribute(writer, subjectAttribute(request, issuer), request.identity());
    writer.sequence(subject);
    Extensions.validity(writer, request.validity().notBefore(), request.validity().notAfter());
    writer.raw(parts.algorithmAndIssuer());
    writer.integer(serial.toBigInteger());
    byte[] tbs = writer.raw(VERSION_3).sequence(0).toByteArray();
    return linter.passed(tbs, issuer.certificate());
  }

  /**
   * The common name; a user id (RFC 4519 2.39) where relying parties would take that for a DNS
   * name.
   */
  private static String subjectAttribute(ApprovedRequest request, Authority issuer) {
    return issuer.facts().constraints().permitsCommonName(request.names(), request.identity())
        ? Oids.COMMON_NAME
        : USER_ID;
  }

  private byte[] usage(ApprovedRequest request) {
    return usages.computeIfAbsent(
        new Usage(request.profile(), request.key().algorithm()),
        usage ->
            new DerWriter(64)
                .raw(Extensions.extendedKeyUsage(usage.profile().extendedKeyUsageOids()))
                .raw(Extensions.keyUsage(usage.profile().keyUsageBits(usage.keyAlgorithm())))
                .raw(Extensions.noCa())
                .toByteArray());
  }

  /** What all certificates of one issuer have in common. */
  @SuppressWarnings("ArrayRecordComponent")
  private record IssuerParts(
      byte[] algorithmAndIssuer,
      byte[] authorityKeyIdentifier,
      CrlShards shards,
      List<byte[]> pointers,
      byte[] pointerToIssuer) {

    static IssuerParts of(Authority issuer, PublicationUrls urls, CrlShards shards) {
      String name = issuer.name();
      byte[] algorithmAndIssuer =
          new DerWriter(256)
              .raw(issuer.facts().subject())
              .raw(issuer.keyAlgorithm().signatureAlgorithm())
              .toByteArray();
      byte[] access =
          Extensions.authorityInformationAccess(
              Optional.of(urls.ocsp(name)), urls.certificate(name));
      List<byte[]> pointers = new ArrayList<>();
      for (int shard = 0; shard < shards.count(); shard++) {
        byte[] point = Extensions.crlDistributionPoint(urls.crl(name, shards, shard));
        pointers.add(new DerWriter(512).raw(access).raw(point).toByteArray());
      }
      return new IssuerParts(
          algorithmAndIssuer,
          Extensions.authorityKeyIdentifier(issuer.facts().keyIdentifier()),
          shards,
          pointers,
          Extensions.authorityInformationAccess(Optional.empty(), urls.certificate(name)));
    }
  }
}
