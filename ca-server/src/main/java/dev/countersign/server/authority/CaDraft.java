package dev.countersign.server.authority;

import dev.countersign.pki.DerWriter;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.Oids;
import dev.countersign.pki.SerialNumber;
import dev.countersign.pki.SubjectKey;
import java.time.Instant;
import java.util.Optional;

/** The bytes of a CA's certificate before they are signed. */
record CaDraft(
    String commonName,
    String organization,
    SubjectKey key,
    SerialNumber serial,
    Instant notBefore,
    Instant notAfter) {

  private static final String ORGANIZATION = "2.5.4.10";
  private static final int KEY_CERT_SIGN_AND_CRL_SIGN = 1 << 5 | 1 << 6;

  byte[] root(KeyAlgorithm algorithm) {
    DerWriter writer = new DerWriter(1024);
    writer.raw(Extensions.authorityKeyIdentifier(key.keyIdentifier()));
    writer.raw(Extensions.subjectKeyIdentifier(key.keyIdentifier()));
    writer.raw(Extensions.keyUsage(KEY_CERT_SIGN_AND_CRL_SIGN));
    writer.raw(Extensions.ca(Optional.empty()));
    return finish(writer, subject(), algorithm);
  }

  /** An issuing CA, which certifies no further CAs. */
  byte[] issuedBy(Authority root, NameConstraints constraints, PublicationUrls urls) {
    DerWriter writer = new DerWriter(1024);
    // No OCSP: whoever checks an issuing CA takes the root's CRL, which needs no key on line.
    writer.raw(
        Extensions.authorityInformationAccess(Optional.empty(), urls.certificate(root.name())));
    writer.raw(Extensions.crlDistributionPoint(urls.crl(root.name())));
    if (!constraints.isEmpty()) {
      writer.raw(Extensions.nameConstraints(constraints));
    }
    writer.raw(Extensions.authorityKeyIdentifier(root.facts().keyIdentifier()));
    writer.raw(Extensions.subjectKeyIdentifier(key.keyIdentifier()));
    writer.raw(Extensions.keyUsage(KEY_CERT_SIGN_AND_CRL_SIGN));
    writer.raw(Extensions.ca(Optional.of(0)));
    return finish(writer, root.facts().subject(), root.keyAlgorithm());
  }

  private byte[] finish(DerWriter writer, byte[] issuer, KeyAlgorithm signer) {
    writer.sequence(0).wrap(0xa3, 0);
    writer.raw(key.encoded()).raw(subject());
    Extensions.validity(writer, notBefore, notAfter);
    writer.raw(issuer).raw(signer.signatureAlgorithm()).integer(serial.toBigInteger());
    int version = writer.mark();
    return writer.integer(2).wrap(0xa0, version).sequence(0).toByteArray();
  }

  private byte[] subject() {
    DerWriter writer = new DerWriter(256);
    Extensions.attribute(writer, Oids.COMMON_NAME, commonName);
    Extensions.attribute(writer, ORGANIZATION, organization);
    return writer.sequence(0).toByteArray();
  }
}
