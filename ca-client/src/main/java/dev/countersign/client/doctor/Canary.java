package dev.countersign.client.doctor;

import dev.countersign.client.TlsIdentity;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.DerWriter;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.Oids;
import dev.countersign.pki.SerialNumber;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A client certificate that nobody but itself vouches for (RFC 5280 4.1), made on the spot. */
final class Canary {
  static final String NAME = "countersign doctor canary";

  private Canary() {}

  static TlsIdentity make(KeyAlgorithm algorithm, SecureRandom random, Instant now) {
    KeyPair key = algorithm.generate(random);
    DerWriter body = new DerWriter();
    extensions(body);
    body.raw(key.getPublic().getEncoded());
    name(body);
    int validity = body.mark();
    body.time(now.plus(Duration.ofDays(1))).time(now.minus(Duration.ofDays(1)));
    body.sequence(validity);
    name(body);
    body.raw(algorithm.signatureAlgorithm());
    body.integer(SerialNumber.random(random).toBigInteger());
    int version = body.mark();
    body.integer(2).wrap(0xa0, version); // RFC 5280 4.1.2.1: v3
    byte[] toBeSigned = body.sequence(0).toByteArray();
    try {
      Signature signature = Signature.getInstance(algorithm.signatureName());
      signature.initSign(key.getPrivate(), random);
      signature.update(toBeSigned);
      byte[] der =
          new DerWriter()
              .bitString(signature.sign())
              .raw(algorithm.signatureAlgorithm())
              .raw(toBeSigned)
              .sequence(0)
              .toByteArray();
      return new TlsIdentity(key.getPrivate(), List.of(Certificate.parse(der)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a key of our making signs", e);
    }
  }

  private static void extensions(DerWriter body) {
    int all = body.mark();
    int usages = body.mark();
    body.oid("1.3.6.1.5.5.7.3.2").sequence(usages).wrapOctetString(usages); // RFC 5280 4.2.1.12
    body.oid(Oids.EXTENDED_KEY_USAGE).sequence(usages);
    body.sequence(all).wrap(0xa3, all);
  }

  private static void name(DerWriter body) {
    int mark = body.mark();
    body.utf8(NAME).oid(Oids.COMMON_NAME).sequence(mark).set(mark).sequence(mark);
  }
}
