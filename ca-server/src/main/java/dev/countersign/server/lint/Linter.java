package dev.countersign.server.lint;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.MalformedDerException;
import dev.countersign.server.lint.rules.AuthorityInformationAccess;
import dev.countersign.server.lint.rules.AuthorityKeyIdentifier;
import dev.countersign.server.lint.rules.BasicConstraints;
import dev.countersign.server.lint.rules.CrlDistributionPoints;
import dev.countersign.server.lint.rules.ExtendedKeyUsage;
import dev.countersign.server.lint.rules.ExtensionsAreUnique;
import dev.countersign.server.lint.rules.IssuerIsCopied;
import dev.countersign.server.lint.rules.KeyUsage;
import dev.countersign.server.lint.rules.KeyUsageFitsKey;
import dev.countersign.server.lint.rules.NameConstraintsAreCritical;
import dev.countersign.server.lint.rules.NamesAreWithinConstraints;
import dev.countersign.server.lint.rules.OcspResponderHasNoCheck;
import dev.countersign.server.lint.rules.SerialNumberIsRandom;
import dev.countersign.server.lint.rules.SignatureAlgorithmIsIssuers;
import dev.countersign.server.lint.rules.SubjectAlternativeNames;
import dev.countersign.server.lint.rules.SubjectKeyIdentifier;
import dev.countersign.server.lint.rules.SubjectKeyIsKnown;
import dev.countersign.server.lint.rules.SubjectNameIsShown;
import dev.countersign.server.lint.rules.TimesAreEncodedByYear;
import dev.countersign.server.lint.rules.ValidityIsWithinIssuers;
import dev.countersign.server.lint.rules.VersionIsThree;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Runs every rule over the exact bytes that would be signed. The one maker of {@link LintedDraft}.
 */
public final class Linter {

  static final List<LintRule> RULES =
      List.of(
          new VersionIsThree(),
          new SerialNumberIsRandom(),
          new SignatureAlgorithmIsIssuers(),
          new IssuerIsCopied(),
          new ValidityIsWithinIssuers(),
          new TimesAreEncodedByYear(),
          new SubjectNameIsShown(),
          new SubjectKeyIsKnown(),
          new ExtensionsAreUnique(),
          new BasicConstraints(),
          new KeyUsage(),
          new KeyUsageFitsKey(),
          new ExtendedKeyUsage(),
          new SubjectKeyIdentifier(),
          new AuthorityKeyIdentifier(),
          new SubjectAlternativeNames(),
          new CrlDistributionPoints(),
          new AuthorityInformationAccess(),
          new NameConstraintsAreCritical(),
          new NamesAreWithinConstraints(),
          new OcspResponderHasNoCheck());

  private final ConcurrentMap<Certificate, Issuer> issuers = new ConcurrentHashMap<>();

  @SuppressWarnings("ArrayRecordComponent") // compared part by part, never as a whole
  private record Issuer(TbsCertificate certificate, byte[] signatureAlgorithm) {}

  /**
   * Checks the draft of a certificate against every rule.
   *
   * @throws LintFailure when a rule is broken; nothing has been signed then
   */
  public LintedDraft passed(byte[] tbs, Certificate issuer) {
    Issuer known = issuers.computeIfAbsent(issuer, Linter::issuer);
    TbsCertificate draft = parsed(tbs);
    check(new LintSubject(draft, known.certificate(), known.signatureAlgorithm(), false));
    return new LintedDraft(tbs, Optional.of(issuer.encoded()));
  }

  /** A root, which is its own issuer. */
  public LintedDraft passedSelfSigned(byte[] tbs, KeyAlgorithm algorithm) {
    TbsCertificate draft = parsed(tbs);
    check(new LintSubject(draft, draft, algorithm.signatureAlgorithm(), true));
    return new LintedDraft(tbs, Optional.empty());
  }

  private static void check(LintSubject subject) {
    for (LintRule rule : RULES) {
      try {
        rule.check(subject);
      } catch (LintFailure e) {
        throw new LintFailure(rule.getClass().getSimpleName() + ": " + e.getMessage(), e);
      } catch (MalformedDerException e) {
        throw new LintFailure(
            rule.getClass().getSimpleName() + ": not readable: " + e.getMessage(), e);
      }
    }
  }

  private static TbsCertificate parsed(byte[] tbs) {
    try {
      return TbsCertificate.of(tbs);
    } catch (MalformedDerException e) {
      throw new LintFailure("The draft is not a TBSCertificate in DER: " + e.getMessage(), e);
    }
  }

  private static Issuer issuer(Certificate certificate) {
    try {
      return new Issuer(
          TbsCertificate.ofCertificate(certificate.encoded()),
          KeyAlgorithm.ofKey(certificate.x509().getPublicKey()).signatureAlgorithm());
    } catch (MalformedDerException e) {
      throw new LintFailure("The issuer's certificate cannot be read: " + e.getMessage(), e);
    }
  }
}
