package dev.countersign.server.lint;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.pki.DerWriter;
import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.MalformedDerException;
import dev.countersign.pki.Oids;
import dev.countersign.pki.SubjectKey;
import dev.countersign.pki.testing.MovableClock;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.authority.Extensions;
import dev.countersign.server.testing.InMemory;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A draft that can be spoilt in one place: every part is DER that a test may replace. */
public final class DraftRecipe {
  private static final Authority ISSUER = InMemory.hierarchy(KeyAlgorithm.P256).issuing();
  private static final KeyPair SUBJECT = KeyAlgorithm.P256.generate(new SecureRandom());
  private static final SubjectKey KEY = key(SUBJECT.getPublic().getEncoded());
  private static final String CRL = "http://ca.example.internal/crl/issuing-1.crl";
  private static final String OCSP = "http://ca.example.internal/ocsp/issuing-1";
  private static final String CERTIFICATE = "http://ca.example.internal/ca/issuing-1.crt";

  public byte[] version = hex("a003020102");
  public byte[] serial = hex("0214" + "5a".repeat(20));
  public byte[] signature = ISSUER.keyAlgorithm().signatureAlgorithm();
  public byte[] issuer = ISSUER.facts().subject();
  public byte[] validity =
      validity(MovableClock.START, MovableClock.START.plus(Duration.ofDays(7)));
  public byte[] subject = subject("orders");
  public byte[] key = KEY.encoded();
  public boolean selfSigned;
  private final List<String> oids = new ArrayList<>();
  private final List<byte[]> extensions = new ArrayList<>();

  private DraftRecipe() {}

  /** A certificate of a service. */
  public static DraftRecipe leaf() {
    DraftRecipe recipe = new DraftRecipe();
    recipe.set(Oids.BASIC_CONSTRAINTS, Extensions.noCa());
    recipe.set(Oids.KEY_USAGE, Extensions.keyUsage(1));
    recipe.set(Oids.EXTENDED_KEY_USAGE, Extensions.extendedKeyUsage(List.of("1.3.6.1.5.5.7.3.1")));
    recipe.set(Oids.SUBJECT_KEY_IDENTIFIER, Extensions.subjectKeyIdentifier(KEY.keyIdentifier()));
    recipe.set(
        Oids.AUTHORITY_KEY_IDENTIFIER,
        Extensions.authorityKeyIdentifier(ISSUER.facts().keyIdentifier()));
    recipe.names(false, "dns", "orders.example.internal");
    recipe.set(Oids.CRL_DISTRIBUTION_POINTS, Extensions.crlDistributionPoint(CRL));
    recipe.set(
        Oids.AUTHORITY_INFORMATION_ACCESS,
        Extensions.authorityInformationAccess(Optional.of(OCSP), CERTIFICATE));
    return recipe;
  }

  /** A certificate of an OCSP responder. */
  public static DraftRecipe responder() {
    DraftRecipe recipe = leaf();
    recipe.set(
        Oids.EXTENDED_KEY_USAGE, Extensions.extendedKeyUsage(List.of(LintSubject.OCSP_SIGNING)));
    recipe.remove(Oids.SUBJECT_ALTERNATIVE_NAME);
    recipe.remove(Oids.CRL_DISTRIBUTION_POINTS);
    recipe.set(
        Oids.AUTHORITY_INFORMATION_ACCESS,
        Extensions.authorityInformationAccess(Optional.empty(), CERTIFICATE));
    recipe.set(Oids.OCSP_NO_CHECK, Extensions.ocspNoCheck());
    return recipe;
  }

  /** A certificate of an issuing CA. */
  public static DraftRecipe ca() {
    DraftRecipe recipe = leaf();
    recipe.set(Oids.BASIC_CONSTRAINTS, Extensions.ca(Optional.of(0)));
    recipe.set(Oids.KEY_USAGE, Extensions.keyUsage(1 << 5 | 1 << 6));
    recipe.remove(Oids.EXTENDED_KEY_USAGE);
    recipe.remove(Oids.SUBJECT_ALTERNATIVE_NAME);
    recipe.set(
        Oids.AUTHORITY_INFORMATION_ACCESS,
        Extensions.authorityInformationAccess(Optional.empty(), CERTIFICATE));
    return recipe;
  }

  /** A certificate of a root. */
  public static DraftRecipe root() {
    DraftRecipe recipe = ca();
    recipe.selfSigned = true;
    recipe.issuer = recipe.subject;
    recipe.set(Oids.BASIC_CONSTRAINTS, Extensions.ca(Optional.empty()));
    recipe.remove(Oids.CRL_DISTRIBUTION_POINTS);
    recipe.remove(Oids.AUTHORITY_INFORMATION_ACCESS);
    recipe.remove(Oids.AUTHORITY_KEY_IDENTIFIER);
    return recipe;
  }

  public static byte[] validity(Instant from, Instant to) {
    DerWriter writer = new DerWriter(64);
    Extensions.validity(writer, from, to);
    return writer.toByteArray();
  }

  public static byte[] subject(String commonName) {
    DerWriter writer = new DerWriter(64);
    Extensions.attribute(writer, Oids.COMMON_NAME, commonName);
    return writer.sequence(0).toByteArray();
  }

  public static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits.replace(" ", ""));
  }

  /** Replaces an extension, or adds it at the end. */
  public DraftRecipe set(String oid, byte[] extension) {
    int at = oids.indexOf(oid);
    if (at >= 0) {
      extensions.set(at, extension);
    } else {
      add(oid, extension);
    }
    return this;
  }

  /** As {@link #set}, from the DER of the value. */
  public DraftRecipe value(String oid, boolean critical, String hex) {
    return set(oid, Extensions.extension(oid, critical, hex(hex)));
  }

  public DraftRecipe add(String oid, byte[] extension) {
    oids.add(oid);
    extensions.add(extension);
    return this;
  }

  public DraftRecipe remove(String oid) {
    int at = oids.indexOf(oid);
    if (at >= 0) {
      oids.remove(at);
      extensions.remove(at);
    }
    return this;
  }

  /** The alternative names, of one kind, as they are given. */
  public DraftRecipe names(boolean critical, String kind, String... values) {
    int tag = kind.equals("dns") ? 0x82 : kind.equals("uri") ? 0x86 : 0x81;
    DerWriter value = new DerWriter(128);
    for (int i = values.length - 1; i >= 0; i--) {
      value.ascii(tag, values[i]);
    }
    return set(
        Oids.SUBJECT_ALTERNATIVE_NAME,
        Extensions.extension(
            Oids.SUBJECT_ALTERNATIVE_NAME, critical, value.sequence(0).toByteArray()));
  }

  public byte[] build() {
    DerWriter writer = new DerWriter(1024);
    for (int i = extensions.size() - 1; i >= 0; i--) {
      writer.raw(extensions.get(i));
    }
    if (!extensions.isEmpty()) {
      writer.sequence(0).wrap(0xa3, 0);
    }
    return writer
        .raw(key)
        .raw(subject)
        .raw(validity)
        .raw(issuer)
        .raw(signature)
        .raw(serial)
        .raw(version)
        .sequence(0)
        .toByteArray();
  }

  public LintSubject lintSubject() {
    try {
      TbsCertificate draft = TbsCertificate.of(build());
      TbsCertificate issuer =
          selfSigned ? draft : TbsCertificate.ofCertificate(ISSUER.certificate().encoded());
      return new LintSubject(draft, issuer, ISSUER.keyAlgorithm().signatureAlgorithm(), selfSigned);
    } catch (MalformedDerException e) {
      throw new AssertionError("The sample cannot even be read: " + e.getMessage(), e);
    }
  }

  /** That the rule lets these pass. */
  public static void passes(LintRule rule, DraftRecipe recipe) {
    assertThatCode(() -> rule.check(recipe.lintSubject())).doesNotThrowAnyException();
  }

  /**
   * That the rule finds the defect that its name tells, and that the sample had no other for it.
   */
  public static void fails(
      LintRule rule, String defect, DraftRecipe recipe, Consumer<DraftRecipe> spoil) {
    passes(rule, recipe);
    spoil.accept(recipe);
    LintSubject subject = recipe.lintSubject();
    assertThatThrownBy(() -> rule.check(subject))
        .as(defect)
        .isInstanceOfAny(LintFailure.class, MalformedDerException.class);
  }

  private static SubjectKey key(byte[] info) {
    try {
      return SubjectKey.checked(info);
    } catch (InvalidRequestException e) {
      throw new AssertionError(e);
    }
  }
}
