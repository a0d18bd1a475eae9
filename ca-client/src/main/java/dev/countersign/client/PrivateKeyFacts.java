package dev.countersign.client;

import dev.countersign.pki.DerReader;
import dev.countersign.pki.DerWriter;
import dev.countersign.pki.MalformedDerException;
import dev.countersign.pki.MalformedKeyException;
import dev.countersign.pki.Oids;
import dev.countersign.pki.Pin;
import dev.countersign.pki.PrivateKeys;
import dev.countersign.pki.UnusableKeyException;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Keys in words, by their public part alone; also in the forms that only inspection reads. */
final class PrivateKeyFacts {
  /** What OpenSSL wrote before PKCS #8. */
  enum OlderForm {
    SEC1("EC PRIVATE KEY", "SEC 1 (RFC 5915)"),
    PKCS1("RSA PRIVATE KEY", "PKCS #1 (RFC 8017 A.1.2)");

    private final String label;
    private final String said;

    OlderForm(String label, String said) {
      this.label = label;
      this.said = said;
    }

    static Optional<OlderForm> labelled(String label) {
      return Arrays.stream(values()).filter(form -> form.label.equals(label)).findFirst();
    }
  }

  private static final Map<String, String> CURVES =
      Map.of(Oids.P256, "P-256", Oids.P384, "P-384", Oids.P521, "P-521");
  private static final String TO_PKCS8 = "openssl pkcs8 -topk8 ";

  private PrivateKeyFacts() {}

  static Finding ofPublic(String kind, PublicKey key) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("keyAlgorithm", CertificateFacts.keyAlgorithm(key));
    facts.put("pin", Pin.of(key.getEncoded()).toString());
    return new Finding(kind, facts);
  }

  /**
   * A PKCS #8 key.
   *
   * @throws MalformedKeyException if it is damaged or none
   */
  static Finding of(byte[] pkcs8) {
    try {
      return ofPublic("private-key", PrivateKeys.decode(pkcs8).getPublic());
    } catch (UnusableKeyException e) {
      return new Finding("private-key", Map.of("problem", String.valueOf(e.getMessage())));
    }
  }

  /** Base64 between lines with such a label, perhaps after headers (RFC 1421 4.6.1.1). */
  static boolean isEncrypted(String body) {
    return body.contains("Proc-Type: 4,ENCRYPTED");
  }

  static Finding encrypted(OlderForm form) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("form", form.said);
    facts.put("note", "to see its public part, bring it into PKCS #8: " + TO_PKCS8 + "-in FILE");
    return new Finding("encrypted-private-key", facts);
  }

  /**
   * A key in an older form.
   *
   * @throws MalformedKeyException if it is damaged or none
   */
  static Finding of(OlderForm form, byte[] der) {
    Map<String, Object> facts = new LinkedHashMap<>();
    try {
      byte[] pkcs8 = form == OlderForm.SEC1 ? fromSec1(der) : fromPkcs1(der);
      facts.putAll(of(pkcs8).facts());
      Arrays.fill(pkcs8, (byte) 0);
    } catch (UnusableKeyException e) {
      facts.put("problem", String.valueOf(e.getMessage()));
    } catch (MalformedDerException e) {
      throw new MalformedKeyException("not a private key in " + form.said, e);
    }
    facts.put("form", form.said);
    facts.put(
        "note",
        "Countersign reads keys in PKCS #8 alone: " + TO_PKCS8 + "-nocrypt -in FILE -out NEW");
    return new Finding("private-key", facts);
  }

  /** RFC 5915 3; the curve goes from within the key to its identifier. */
  private static byte[] fromSec1(byte[] der) throws MalformedDerException {
    DerReader outer = DerReader.of(der);
    DerReader key = outer.sequence();
    outer.end();
    key.integer(1);
    Arrays.fill(key.octetString(), (byte) 0);
    DerReader parameters = key.enter(0xa0); // [0], RFC 5915 3
    if (!parameters.isNext(DerReader.OID)) {
      throw new UnusableKeyException("an EC key whose curve is not named but spelled out");
    }
    String curve = parameters.oid();
    DerWriter writer = new DerWriter().octetString(der);
    int identifier = writer.mark();
    writer.oid(curve).oid(Oids.EC_PUBLIC_KEY).sequence(identifier);
    return writer.integer(0).sequence(0).toByteArray();
  }

  /** RFC 8017 A.1.2; RFC 3279 2.3.1: the parameters are NULL. */
  private static byte[] fromPkcs1(byte[] der) throws MalformedDerException {
    DerReader outer = DerReader.of(der);
    DerReader key = outer.sequence();
    outer.end();
    key.integer(0); // version: two primes
    for (int i = 0; i < 8; i++) {
      key.integer();
    }
    key.end();
    DerWriter writer = new DerWriter().octetString(der);
    int identifier = writer.mark();
    writer.nul().oid(Oids.RSA).sequence(identifier);
    return writer.integer(0).sequence(0).toByteArray();
  }

  /** What {@code openssl ecparam} puts before a key. */
  static Finding parameters(byte[] der) throws MalformedDerException {
    DerReader reader = DerReader.of(der);
    if (reader.isNext(DerReader.SEQUENCE)) {
      return new Finding("ec-parameters", Map.of("curve", "not named but spelled out"));
    }
    String oid = reader.oid();
    reader.end();
    return new Finding("ec-parameters", Map.of("curve", CURVES.getOrDefault(oid, oid)));
  }
}
