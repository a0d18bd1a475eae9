package dev.countersign.server.policy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The key usages of RFC 5280 4.2.1.3 that a profile may give; those of CAs are not among them. */
enum KeyUsageBit {
  DIGITAL_SIGNATURE("digitalSignature", 0),
  NON_REPUDIATION("nonRepudiation", 1),
  KEY_ENCIPHERMENT("keyEncipherment", 2),
  DATA_ENCIPHERMENT("dataEncipherment", 3),
  KEY_AGREEMENT("keyAgreement", 4);

  private final String label;
  private final int bit;

  KeyUsageBit(String label, int bit) {
    this.label = label;
    this.bit = bit;
  }

  static KeyUsageBit parse(String label) {
    for (KeyUsageBit usage : values()) {
      if (usage.label.equals(label)) {
        return usage;
      }
    }
    throw new IllegalArgumentException(
        "No key usage of a profile is called "
            + label
            + ": choose from "
            + Arrays.stream(values()).map(u -> u.label).collect(Collectors.joining(", "))
            + ".");
  }

  static int bits(List<String> labels, String keyAlgorithm) {
    int bits = 0;
    for (String label : labels) {
      KeyUsageBit usage = parse(label);
      if (usage.fits(keyAlgorithm)) {
        bits |= 1 << usage.bit;
      }
    }
    return bits;
  }

  /** RFC 8813 3: EC keys encipher nothing; RFC 8410 5: Ed25519 keys only sign. */
  private boolean fits(String keyAlgorithm) {
    return switch (this) {
      case DIGITAL_SIGNATURE, NON_REPUDIATION -> true;
      case KEY_ENCIPHERMENT, DATA_ENCIPHERMENT -> keyAlgorithm.startsWith("RSA");
      case KEY_AGREEMENT -> keyAlgorithm.startsWith("P-");
    };
  }
}
