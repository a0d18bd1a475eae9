package dev.countersign.server.policy;

import dev.countersign.pki.Oids;
import java.util.Map;

/** Extended key usages by their names in RFC 5280 4.2.1.12. */
final class Purposes {
  static final String OCSP_SIGNING = "1.3.6.1.5.5.7.3.9";

  private static final Map<String, String> BY_NAME =
      Map.of(
          "serverAuth", "1.3.6.1.5.5.7.3.1",
          "clientAuth", "1.3.6.1.5.5.7.3.2",
          "codeSigning", "1.3.6.1.5.5.7.3.3",
          "emailProtection", "1.3.6.1.5.5.7.3.4",
          "timeStamping", "1.3.6.1.5.5.7.3.8",
          "OCSPSigning", OCSP_SIGNING);

  private Purposes() {}

  static String oid(String nameOrOid) {
    String oid = BY_NAME.getOrDefault(nameOrOid, nameOrOid);
    if (oid.equals(Oids.ANY_EXTENDED_KEY_USAGE) || oid.equals("anyExtendedKeyUsage")) {
      throw new IllegalArgumentException(
          "anyExtendedKeyUsage makes a certificate good for everything; name what it is for.");
    }
    if (!oid.matches("[0-2](\\.[0-9]+)+")) {
      throw new IllegalArgumentException(
          "'"
              + nameOrOid
              + "' is no extended key usage: choose from "
              + String.join(", ", BY_NAME.keySet().stream().sorted().toList())
              + ", or give an object identifier.");
    }
    Oids.content(oid); // throws when it is none
    return oid;
  }
}
