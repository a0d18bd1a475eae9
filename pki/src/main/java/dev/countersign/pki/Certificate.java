package dev.countersign.pki;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * An X.509 certificate (RFC 5280 4.1) as it stands in its bytes. Reading one says that it is well
 * formed, not that anybody should trust it.
 */
public final class Certificate {
  /** The longest certificate that is read. */
  public static final int MOST_BYTES = 64 * 1024;

  private final byte[] encoded;
  private final byte[] toBeSigned;
  private final byte[] signatureAlgorithm;
  private final SerialNumber serial;
  private final byte[] issuer;
  private final byte[] subject;
  private final Instant notBefore;
  private final Instant notAfter;
  private final byte[] publicKeyInfo;
  private final Map<String, byte[]> extensions;
  private final Optional<String> commonName;
  private final Names names;
  private final boolean ca;
  private volatile @Nullable X509Certificate x509;
  private volatile @Nullable String subjectText;
  private volatile @Nullable String issuerText;

  private Certificate(byte[] der) throws MalformedDerException {
    encoded = der;
    DerReader outer = DerReader.of(der);
    DerReader certificate = outer.sequence();
    outer.end();
    toBeSigned = certificate.element();
    signatureAlgorithm = certificate.element();
    certificate.bitStringOctets();
    certificate.end();

    DerReader body = DerReader.of(toBeSigned).sequence();
    if (body.isNext(0xa0)) {
      DerReader version = body.enter(0xa0);
      version.integer(2);
      version.end();
    }
    serial = serial(body);
    int algorithmAt = body.offset();
    if (!Arrays.equals(body.element(), signatureAlgorithm)) {
      // RFC 5280 4.1.1.2
      throw new MalformedDerException("two different signature algorithms", algorithmAt);
    }
    issuer = body.element();
    DerReader validity = body.sequence();
    notBefore = validity.time();
    notAfter = validity.time();
    validity.end();
    subject = body.element();
    publicKeyInfo = body.element();
    for (int uniqueId : new int[] {0x81, 0x82}) {
      if (body.isNext(uniqueId)) {
        body.skip();
      }
    }
    extensions = extensions(body);
    body.end();

    commonName = commonName(DerReader.of(subject).sequence());
    byte[] san = extensions.get(Oids.SUBJECT_ALTERNATIVE_NAME);
    names = san == null ? Names.none() : GeneralNames.asFound(san);
    byte[] constraints = extensions.get(Oids.BASIC_CONSTRAINTS);
    ca = constraints != null && isCa(DerReader.of(constraints).sequence());
  }

  /**
   * Reads a DER certificate.
   *
   * @throws MalformedCertificateException if it is none
   */
  public static Certificate parse(byte[] der) {
    if (der.length > MOST_BYTES) {
      throw new MalformedCertificateException("a certificate of more than 64 KiB");
    }
    try {
      return new Certificate(der.clone());
    } catch (MalformedDerException e) {
      throw new MalformedCertificateException("not a certificate: " + e.getMessage(), e);
    }
  }

  /**
   * The certificates of a PEM text in their order; blocks of other labels are passed over.
   *
   * @throws MalformedCertificateException if one is none, or the text has none
   */
  public static List<Certificate> parsePem(String pem) {
    List<Certificate> certificates = new ArrayList<>();
    try {
      for (PemBlock block : Pem.decode(pem)) {
        if (block.label().equals("CERTIFICATE")) {
          certificates.add(parse(block.content()));
        }
      }
    } catch (MalformedPemException e) {
      throw new MalformedCertificateException(String.valueOf(e.getMessage()), e);
    }
    if (certificates.isEmpty()) {
      throw new MalformedCertificateException("the text has no CERTIFICATE in PEM");
    }
    return List.copyOf(certificates);
  }

  /** The same certificate out of the JCA. */
  public static Certificate of(X509Certificate x509) {
    try {
      Certificate certificate = parse(x509.getEncoded());
      certificate.x509 = x509;
      return certificate;
    } catch (CertificateException e) {
      throw new MalformedCertificateException("a certificate without an encoding", e);
    }
  }

  public byte[] encoded() {
    return encoded.clone();
  }

  /** The signed part, tag and length included. */
  public byte[] toBeSigned() {
    return toBeSigned.clone();
  }

  /** The DER AlgorithmIdentifier of the signature. */
  public byte[] signatureAlgorithm() {
    return signatureAlgorithm.clone();
  }

  /** The certificate for the JCA, made when first asked for. */
  public X509Certificate x509() {
    X509Certificate result = x509;
    if (result == null) {
      try {
        result =
            (X509Certificate)
                CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(encoded));
      } catch (CertificateException e) {
        throw new MalformedCertificateException("the platform does not read this certificate", e);
      }
      x509 = result;
    }
    return result;
  }

  public SerialNumber serial() {
    return serial;
  }

  /** The subject alternative names of the four kinds, as they are written in the certificate. */
  public Names names() {
    return names;
  }

  /** The last common name of the subject. */
  public Optional<String> commonName() {
    return commonName;
  }

  /** The subject for people (RFC 2253). */
  public String subject() {
    String text = subjectText;
    if (text == null) {
      text = new X500Principal(subject).getName();
      subjectText = text;
    }
    return text;
  }

  /** The issuer for people (RFC 2253). */
  public String issuer() {
    String text = issuerText;
    if (text == null) {
      text = new X500Principal(issuer).getName();
      issuerText = text;
    }
    return text;
  }

  /** The DER of the subject: the bytes that must stand as issuer in what this CA issues. */
  public byte[] subjectDer() {
    return subject.clone();
  }

  /** The DER of the issuer. */
  public byte[] issuerDer() {
    return issuer.clone();
  }

  public Instant notBefore() {
    return notBefore;
  }

  /** The last second of its life, itself included (RFC 5280 4.1.2.5). */
  public Instant notAfter() {
    return notAfter;
  }

  /** Whether the validity holds this moment. */
  public boolean isValidAt(Instant time) {
    return !time.isBefore(notBefore) && time.isBefore(notAfter.plusSeconds(1));
  }

  /** The DER SubjectPublicKeyInfo. */
  public byte[] publicKeyInfo() {
    return publicKeyInfo.clone();
  }

  public Pin pin() {
    return Pin.of(publicKeyInfo);
  }

  /** SHA-256 of the whole certificate. */
  public byte[] fingerprint() {
    return Hashes.sha256(encoded);
  }

  /** Whether its basic constraints say CA. */
  public boolean isCa() {
    return ca;
  }

  /** Whether subject and issuer are the same bytes. */
  public boolean isSelfIssued() {
    return Arrays.equals(subject, issuer);
  }

  /** The content of an extension, by its dotted object identifier. */
  public Optional<byte[]> extension(String oid) {
    return Optional.ofNullable(extensions.get(oid)).map(byte[]::clone);
  }

  /** The octets of the subject key identifier extension. */
  public Optional<byte[]> subjectKeyIdentifier() {
    byte[] value = extensions.get(Oids.SUBJECT_KEY_IDENTIFIER);
    if (value == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(DerReader.of(value).octetString());
    } catch (MalformedDerException e) {
      throw new MalformedCertificateException("a subject key identifier that is none", e);
    }
  }

  public String toPem() {
    return Pem.encode("CERTIFICATE", encoded);
  }

  /** Several certificates as one PEM text. */
  public static String toPem(List<Certificate> certificates) {
    StringBuilder out = new StringBuilder();
    certificates.forEach(certificate -> out.append(certificate.toPem()));
    return out.toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Certificate certificate
        && MessageDigest.isEqual(encoded, certificate.encoded);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(encoded);
  }

  @Override
  public String toString() {
    return "certificate " + serial + " of " + SafeText.of(subject());
  }

  private static SerialNumber serial(DerReader body) throws MalformedDerException {
    int start = body.offset();
    BigInteger value = body.integer();
    if (value.signum() < 0 || value.bitLength() > 160) {
      throw new MalformedDerException("a serial number that is negative or too long", start);
    }
    return SerialNumber.of(value);
  }

  private static Map<String, byte[]> extensions(DerReader body) throws MalformedDerException {
    Map<String, byte[]> found = new LinkedHashMap<>();
    if (body.atEnd()) {
      return found;
    }
    DerReader tagged = body.enter(0xa3);
    DerReader extensions = tagged.sequence();
    tagged.end();
    while (!extensions.atEnd()) {
      int start = extensions.offset();
      DerReader extension = extensions.sequence();
      String oid = extension.oid();
      if (extension.isNext(DerReader.BOOLEAN)) {
        extension.bool();
      }
      if (found.put(oid, extension.octetString()) != null) {
        throw new MalformedDerException("an extension that was there before", start);
      }
      extension.end();
    }
    return found;
  }

  private static boolean isCa(DerReader constraints) throws MalformedDerException {
    return constraints.isNext(DerReader.BOOLEAN) && constraints.bool();
  }

  private static Optional<String> commonName(DerReader name) throws MalformedDerException {
    Optional<String> found = Optional.empty();
    while (!name.atEnd()) {
      DerReader rdn = name.set();
      while (!rdn.atEnd()) {
        DerReader attribute = rdn.sequence();
        if (attribute.oid().equals(Oids.COMMON_NAME) && DerStrings.isString(attribute.peekTag())) {
          found = Optional.of(attribute.string());
        }
      }
    }
    return found;
  }
}
