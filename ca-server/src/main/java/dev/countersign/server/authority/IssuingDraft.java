package dev.countersign.server.authority;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.SerialNumber;
import dev.countersign.pki.SubjectKey;
import dev.countersign.server.keys.KeyHolder;
import dev.countersign.server.keys.SigningKey;
import dev.countersign.server.lint.Linter;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/**
 * The next issuing CA of a hierarchy.
 *
 * @param organization stands in its subject
 * @param number counts the issuing CAs, the first is 1
 */
record IssuingDraft(
    String organization,
    int number,
    NameConstraints constraints,
    PublicationUrls urls,
    SecureRandom random) {

  // Relying parties with slow clocks take what was just made.
  static final Duration BACK_DATING = Duration.ofSeconds(60);
  private static final int YEARS = 5;

  static String name(int number) {
    return Hierarchy.ISSUING + number;
  }

  Authority signed(Authority root, SigningKey key, Instant now) {
    Instant end = end(now, YEARS);
    Instant rootEnd = root.certificate().notAfter();
    CaDraft draft =
        new CaDraft(
            organization + " Issuing CA " + number,
            organization,
            subjectKey(key.publicKey()),
            SerialNumber.random(random),
            now.minus(BACK_DATING),
            end.isAfter(rootEnd) ? rootEnd : end);
    byte[] tbs = draft.issuedBy(root, constraints, urls);
    Certificate certificate = root.sign(new Linter().passed(tbs, root.certificate()));
    return new Authority(
        name(number),
        Authority.Kind.ISSUING,
        Authority.State.ACTIVE,
        List.of(certificate),
        KeyHolder.of(key));
  }

  /** RFC 5280 4.1.2.5: the last second counts. */
  static Instant end(Instant now, int years) {
    return now.atOffset(ZoneOffset.UTC).plusYears(years).toInstant().minusSeconds(1);
  }

  static SubjectKey subjectKey(PublicKey key) {
    try {
      return SubjectKey.checked(key.getEncoded());
    } catch (InvalidRequestException e) {
      throw new IllegalStateException("A provider of this Java made a weak key", e);
    }
  }
}
