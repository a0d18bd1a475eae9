package dev.countersign.bench.contenders;

import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.Pem;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A root and an issuing CA with P-256 keys, as files for a program that wants them made. */
final class PeerAuthority {
  private static final KeyAlgorithm ALGORITHM = KeyAlgorithm.P256;
  private static final int SERIAL_BITS = 120;

  private final Path folder;
  private final X509Certificate root;

  /** Makes them, in files of this folder. */
  PeerAuthority(Path folder) throws IOException {
    this.folder = folder;
    SecureRandom random = new SecureRandom();
    KeyPair rootKey = ALGORITHM.generate(random);
    KeyPair issuingKey = ALGORITHM.generate(random);
    try {
      X500Name name = new X500Name("CN=Bench Root");
      root = certificate(name, rootKey, name, rootKey, random);
      X509Certificate issuing =
          certificate(new X500Name("CN=Bench Issuing"), issuingKey, name, rootKey, random);
      write(rootFile(), "CERTIFICATE", root.getEncoded());
      write(certificateFile(), "CERTIFICATE", issuing.getEncoded());
      write(keyFile(), "PRIVATE KEY", issuingKey.getPrivate().getEncoded());
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IOException("no CA could be made for a peer: " + e.getMessage(), e);
    }
  }

  X509Certificate root() {
    return root;
  }

  Path rootFile() {
    return folder.resolve("root.pem");
  }

  Path certificateFile() {
    return folder.resolve("issuing.pem");
  }

  Path keyFile() {
    return folder.resolve("issuing-key.pem");
  }

  private static void write(Path file, String label, byte[] der) throws IOException {
    Files.writeString(file, Pem.encode(label, der));
  }

  private static X509Certificate certificate(
      X500Name subject, KeyPair key, X500Name issuer, KeyPair issuerKey, SecureRandom random)
      throws GeneralSecurityException, OperatorCreationException, IOException {
    Instant now = Instant.now();
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            issuer,
            new BigInteger(SERIAL_BITS, random),
            Date.from(now.minus(1, ChronoUnit.HOURS)),
            Date.from(now.plus(365, ChronoUnit.DAYS)),
            subject,
            key.getPublic());
    JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
    builder.addExtension(
        Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    builder.addExtension(
        Extension.subjectKeyIdentifier,
        false,
        extensions.createSubjectKeyIdentifier(key.getPublic()));
    builder.addExtension(
        Extension.authorityKeyIdentifier,
        false,
        extensions.createAuthorityKeyIdentifier(issuerKey.getPublic()));
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(
                new JcaContentSignerBuilder(ALGORITHM.signatureName())
                    .build(issuerKey.getPrivate())));
  }
}
