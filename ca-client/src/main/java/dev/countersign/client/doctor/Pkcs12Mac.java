package dev.countersign.client.doctor;

import dev.countersign.pki.DerReader;
import dev.countersign.pki.MalformedDerException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;

/**
 * Tells a wrong password from algorithms that this Java does not know: the MAC of a PKCS #12 file
 * (RFC 7292 4) tells whether the password is right, whatever its content is encrypted with.
 */
final class Pkcs12Mac {
  private static final int SEQUENCE_OF_CONTENT = 0xa0; // [0] EXPLICIT
  // Far above what tools write (10,000 to 2,000,000), and below what takes a minute
  private static final int MOST_ITERATIONS = 5_000_000;

  private static final Map<String, String> HMACS =
      Map.of(
          "1.3.14.3.2.26", "HmacPBESHA1",
          "2.16.840.1.101.3.4.2.4", "HmacPBESHA224",
          "2.16.840.1.101.3.4.2.1", "HmacPBESHA256",
          "2.16.840.1.101.3.4.2.2", "HmacPBESHA384",
          "2.16.840.1.101.3.4.2.3", "HmacPBESHA512");

  private static final String PBMAC1 = "1.2.840.113549.1.5.14"; // RFC 8018 A.5

  // OIDs in DER, of what some tools write and some Java cannot read
  private static final Map<String, String> BY_BYTES = new LinkedHashMap<>();

  static {
    BY_BYTES.put("06092a864886f70d01050e", "PBMAC1");
    BY_BYTES.put("060960864801650304012e", "AES-256-GCM");
    BY_BYTES.put("060960864801650304011a", "AES-192-GCM");
    BY_BYTES.put("0609608648016503040106", "AES-128-GCM");
    BY_BYTES.put("06092b06010401da47040b", "scrypt");
    BY_BYTES.put("060b2a83088c9a4b3d01010104", "Camellia-256");
    BY_BYTES.put("060b2a83088c9a4b3d01010103", "Camellia-192");
    BY_BYTES.put("060b2a83088c9a4b3d01010102", "Camellia-128");
    BY_BYTES.put("06082a831a8c9a44010104", "SEED");
    BY_BYTES.put("06092a831a8c9a6e010122", "ARIA");
    BY_BYTES.put("060a2a864886f70d010c0106", "RC2-40");
    BY_BYTES.put("06092a864886f70d01050d", "PBES2");
    BY_BYTES.put("060a2a864886f70d010c0103", "3DES");
  }

  private Pkcs12Mac() {}

  /** Whether the password is the one it was made with; empty if that cannot be known. */
  static Optional<Boolean> verifies(byte[] file, char[] password) {
    try {
      DerReader pfx = DerReader.of(file).sequence();
      pfx.skip(); // the version
      DerReader authSafe = pfx.sequence();
      authSafe.oid();
      byte[] content = authSafe.enter(SEQUENCE_OF_CONTENT).octetString();
      if (pfx.atEnd()) {
        return Optional.empty();
      }
      DerReader macData = pfx.sequence();
      DerReader digestInfo = macData.sequence();
      DerReader algorithm = digestInfo.sequence();
      String oid = algorithm.oid();
      byte[] expected = digestInfo.octetString();
      byte[] made;
      if (oid.equals(PBMAC1)) {
        made = pbmac1(algorithm, content, password);
      } else if (HMACS.containsKey(oid)) {
        byte[] salt = macData.octetString();
        int iterations = macData.atEnd() ? 1 : macData.integer(MOST_ITERATIONS);
        Mac mac = Mac.getInstance(String.valueOf(HMACS.get(oid)));
        mac.init(
            SecretKeyFactory.getInstance("PBE").generateSecret(new PBEKeySpec(password)),
            new PBEParameterSpec(salt, iterations));
        made = mac.doFinal(content);
      } else {
        return Optional.empty();
      }
      return Optional.of(MessageDigest.isEqual(made, expected));
    } catch (MalformedDerException | GeneralSecurityException | IllegalArgumentException e) {
      return Optional.empty(); // BER, or a MAC that this Java does not have
    }
  }

  /** RFC 8018 A.5 with PBKDF2 and HMAC with SHA-256, which is what tools write (RFC 9579). */
  private static byte[] pbmac1(DerReader algorithm, byte[] content, char[] password)
      throws MalformedDerException, GeneralSecurityException {
    DerReader parameters = algorithm.sequence();
    DerReader derivation = parameters.sequence();
    derivation.oid();
    DerReader pbkdf2 = derivation.sequence();
    byte[] salt = pbkdf2.octetString();
    int iterations = pbkdf2.integer(MOST_ITERATIONS);
    int length = pbkdf2.isNext(DerReader.INTEGER) ? pbkdf2.integer(64) : 32;
    byte[] key =
        SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
            .generateSecret(new PBEKeySpec(password, salt, iterations, length * 8))
            .getEncoded();
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new javax.crypto.spec.SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(content);
  }

  /** By their identifiers, wherever they stand in it: what is encrypted says how. */
  static List<String> algorithms(byte[] file) {
    String hex = HexFormat.of().formatHex(file);
    List<String> found = new ArrayList<>();
    BY_BYTES.forEach(
        (der, name) -> {
          if (hex.contains(der)) {
            found.add(name);
          }
        });
    return found;
  }
}
