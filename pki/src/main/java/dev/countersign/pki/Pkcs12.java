package dev.countersign.pki;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.PBEParametersGenerator;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.PKCS12ParametersGenerator;
import org.bouncycastle.crypto.params.KeyParameter;

/** The pieces of a PKCS#12 file (RFC 7292 4). */
final class Pkcs12 {
  private static final String DATA = "1.2.840.113549.1.7.1";
  private static final String SHROUDED_KEY_BAG = "1.2.840.113549.1.12.10.1.2";
  private static final String CERT_BAG = "1.2.840.113549.1.12.10.1.3";
  private static final String X509_CERTIFICATE = "1.2.840.113549.1.9.22.1";
  private static final String FRIENDLY_NAME = "1.2.840.113549.1.9.20";
  private static final String LOCAL_KEY_ID = "1.2.840.113549.1.9.21";
  // Oracle's attribute, without which Java does not list a certificate as trusted.
  private static final String TRUSTED_KEY_USAGE = "2.16.840.1.113894.746875.1.1";
  private static final String SHA256 = "2.16.840.1.101.3.4.2.1";
  private static final int MAC_ITERATIONS = 10_000;
  private static final int MAC_LENGTH = 32;

  private Pkcs12() {}

  static byte[] friendlyName(String name) {
    return attribute(FRIENDLY_NAME, DerReader.BMP_STRING, name.getBytes(StandardCharsets.UTF_16BE));
  }

  static byte[] localKeyId(byte[] id) {
    return attribute(LOCAL_KEY_ID, DerReader.OCTET_STRING, id);
  }

  static byte[] trustedForAnything() {
    return attribute(TRUSTED_KEY_USAGE, DerReader.OID, Oids.content(Oids.ANY_EXTENDED_KEY_USAGE));
  }

  private static byte[] attribute(String oid, int tag, byte[] content) {
    return new DerWriter().value(tag, content).set(0).oid(oid).sequence(0).toByteArray();
  }

  static byte[] certificateBag(Certificate certificate, List<byte[]> attributes) {
    DerWriter writer = new DerWriter(2048);
    writeSet(writer, attributes);
    int value = writer.mark();
    writer.octetString(certificate.encoded()).wrap(0xa0, value);
    writer.oid(X509_CERTIFICATE).sequence(value).wrap(0xa0, value);
    return writer.oid(CERT_BAG).sequence(0).toByteArray();
  }

  static byte[] keyBag(byte[] encryptedPrivateKeyInfo, List<byte[]> attributes) {
    DerWriter writer = new DerWriter(2048);
    writeSet(writer, attributes);
    int value = writer.mark();
    writer.raw(encryptedPrivateKeyInfo).wrap(0xa0, value);
    return writer.oid(SHROUDED_KEY_BAG).sequence(0).toByteArray();
  }

  /** Puts the bags, one safe for each list, under a MAC of the password. */
  static byte[] file(List<List<byte[]>> safes, char[] password, byte[] salt) {
    DerWriter content = new DerWriter(8192);
    for (int i = safes.size() - 1; i >= 0; i--) {
      int safe = content.mark();
      List<byte[]> bags = safes.get(i);
      for (int j = bags.size() - 1; j >= 0; j--) {
        content.raw(bags.get(j));
      }
      content.sequence(safe);
      wrapData(content, safe);
    }
    byte[] authenticatedSafe = content.sequence(0).toByteArray();

    DerWriter file = new DerWriter(authenticatedSafe.length + 256);
    file.integer(MAC_ITERATIONS).octetString(salt);
    int digestInfo = file.mark();
    file.octetString(mac(authenticatedSafe, password, salt));
    int identifier = file.mark();
    file.nul().oid(SHA256).sequence(identifier).sequence(digestInfo);
    file.sequence(0);
    int safe = file.mark();
    file.raw(authenticatedSafe);
    wrapData(file, safe);
    return file.integer(3).sequence(0).toByteArray();
  }

  /** Makes everything since the mark a ContentInfo of data (RFC 5652 4). */
  private static void wrapData(DerWriter writer, int mark) {
    writer.wrapOctetString(mark).wrap(0xa0, mark).oid(DATA).sequence(mark);
  }

  private static void writeSet(DerWriter writer, List<byte[]> members) {
    if (members.isEmpty()) {
      return; // the attributes are optional, and a SET of none is refused by some
    }
    int mark = writer.mark();
    List<byte[]> sorted = members.stream().sorted(Arrays::compareUnsigned).toList();
    for (int i = sorted.size() - 1; i >= 0; i--) {
      writer.raw(sorted.get(i));
    }
    writer.set(mark);
  }

  // RFC 7292 appendix B
  private static byte[] mac(byte[] content, char[] password, byte[] salt) {
    byte[] passwordBytes = PBEParametersGenerator.PKCS12PasswordToBytes(password);
    PKCS12ParametersGenerator generator = new PKCS12ParametersGenerator(new SHA256Digest());
    generator.init(passwordBytes, salt, MAC_ITERATIONS);
    byte[] key = ((KeyParameter) generator.generateDerivedMacParameters(8 * MAC_LENGTH)).getKey();
    Arrays.fill(passwordBytes, (byte) 0);
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(content);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }
}
