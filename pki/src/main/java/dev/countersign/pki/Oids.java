package dev.countersign.pki;

import java.io.ByteArrayOutputStream;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.regex.Pattern;

/** Object identifiers by name, and between their dotted and their DER form. */
public final class Oids {
  public static final String EC_PUBLIC_KEY = "1.2.840.10045.2.1";
  public static final String P256 = "1.2.840.10045.3.1.7";
  public static final String P384 = "1.3.132.0.34";
  public static final String P521 = "1.3.132.0.35";
  public static final String RSA = "1.2.840.113549.1.1.1";
  public static final String ED25519 = "1.3.101.112";

  public static final String ECDSA_SHA256 = "1.2.840.10045.4.3.2";
  public static final String ECDSA_SHA384 = "1.2.840.10045.4.3.3";
  public static final String ECDSA_SHA512 = "1.2.840.10045.4.3.4";
  public static final String RSA_PSS = "1.2.840.113549.1.1.10";
  public static final String RSA_SHA256 = "1.2.840.113549.1.1.11";
  public static final String RSA_SHA384 = "1.2.840.113549.1.1.12";
  public static final String RSA_SHA512 = "1.2.840.113549.1.1.13";

  public static final String COMMON_NAME = "2.5.4.3";
  public static final String EXTENSION_REQUEST = "1.2.840.113549.1.9.14";

  public static final String SUBJECT_KEY_IDENTIFIER = "2.5.29.14";
  public static final String KEY_USAGE = "2.5.29.15";
  public static final String SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
  public static final String BASIC_CONSTRAINTS = "2.5.29.19";
  public static final String NAME_CONSTRAINTS = "2.5.29.30";
  public static final String CRL_DISTRIBUTION_POINTS = "2.5.29.31";
  public static final String AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";
  public static final String EXTENDED_KEY_USAGE = "2.5.29.37";
  public static final String ANY_EXTENDED_KEY_USAGE = "2.5.29.37.0";
  public static final String AUTHORITY_INFORMATION_ACCESS = "1.3.6.1.5.5.7.1.1";
  public static final String OCSP_NO_CHECK = "1.3.6.1.5.5.7.48.1.5";

  private static final Pattern DOTTED = Pattern.compile("[0-2](\\.(0|[1-9][0-9]{0,17})){1,30}");
  // Those that certificates are written with, again and again; the bound is for what strangers name
  private static final int MOST_KNOWN = 256;
  private static final ConcurrentMap<String, byte[]> KNOWN = new ConcurrentHashMap<>();

  private Oids() {}

  /** The dotted form of the content octets, which must be well formed. */
  static String dotted(byte[] content) {
    StringBuilder out = new StringBuilder();
    long arc = 0;
    for (byte b : content) {
      arc = (arc << 7) | (b & 0x7f);
      if (b >= 0) {
        if (out.length() == 0) {
          // X.690 8.19.4: the first two arcs share a number.
          long root = Math.min(arc / 40, 2);
          out.append(root).append('.').append(arc - 40 * root);
        } else {
          out.append('.').append(arc);
        }
        arc = 0;
      }
    }
    return out.toString();
  }

  /**
   * The content octets of an object identifier in dotted form.
   *
   * @throws IllegalArgumentException if it is not one
   */
  public static byte[] content(String dotted) {
    return known(dotted).clone();
  }

  /** Not to be changed nor given away. */
  static byte[] known(String dotted) {
    byte[] known = KNOWN.get(dotted);
    if (known == null) {
      known = encoded(dotted);
      if (KNOWN.size() < MOST_KNOWN) {
        KNOWN.put(dotted, known);
      }
    }
    return known;
  }

  private static byte[] encoded(String dotted) {
    if (!DOTTED.matcher(dotted).matches()) {
      throw new IllegalArgumentException(
          "'" + SafeText.of(dotted) + "' is not an object identifier");
    }
    String[] arcs = dotted.split("\\.", -1);
    long root = Long.parseLong(arcs[0]);
    long second = Long.parseLong(arcs[1]);
    if (root < 2 && second > 39) {
      throw new IllegalArgumentException(
          "'" + SafeText.of(dotted) + "' is not an object identifier");
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writeArc(out, 40 * root + second);
    for (int i = 2; i < arcs.length; i++) {
      writeArc(out, Long.parseLong(arcs[i]));
    }
    return out.toByteArray();
  }

  private static void writeArc(ByteArrayOutputStream out, long arc) {
    int groups = Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(arc) + 6) / 7);
    for (int i = groups - 1; i >= 0; i--) {
      out.write((int) ((arc >>> (7 * i)) & 0x7f) | (i > 0 ? 0x80 : 0));
    }
  }
}
