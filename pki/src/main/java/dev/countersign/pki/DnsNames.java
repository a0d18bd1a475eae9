package dev.countersign.pki;

import dev.countersign.pki.InvalidRequestException.Fault;
import java.net.IDN;
import java.util.Locale;

/** DNS names as RFC 5280 4.2.1.6 wants them: A-labels, lower case, preferred name syntax. */
final class DnsNames {
  // RFC 1035 2.3.4: 255 octets on the wire, which is 253 characters.
  private static final int LONGEST = 253;
  private static final int LONGEST_LABEL = 63;
  // IDNA 2003, which java.net.IDN speaks, maps these away; IDNA 2008 does not (RFC 5894 7.2).
  private static final String DEVIATIONS = "\u00df\u03c2\u200c\u200d";

  private DnsNames() {}

  static String canonical(String text) throws InvalidRequestException {
    String name = text;
    boolean wildcard = name.startsWith("*.");
    if (wildcard) {
      name = name.substring(2);
    }
    if (name.isEmpty() || name.length() > 4 * LONGEST) {
      throw refused(text, name.isEmpty() ? "it is empty" : "it is too long");
    }
    if (!name.chars().allMatch(c -> c < 0x80)) {
      name = toAscii(text, name);
    }
    name = name.toLowerCase(Locale.ROOT);
    if (name.length() + (wildcard ? 2 : 0) > LONGEST) {
      throw refused(text, "it has more than " + LONGEST + " characters");
    }
    String[] labels = name.split("\\.", -1);
    for (String label : labels) {
      checkLabel(text, label);
    }
    if (labels[labels.length - 1].chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw refused(text, "its last label is a number: an IP address is a name of its own kind");
    }
    return wildcard ? "*." + name : name;
  }

  private static String toAscii(String text, String name) throws InvalidRequestException {
    if (name.chars().anyMatch(c -> DEVIATIONS.indexOf(c) >= 0)) {
      throw refused(
          text, "it is read differently by old and new IDNA: write it with A-labels (xn--)");
    }
    try {
      return IDN.toASCII(name, IDN.USE_STD3_ASCII_RULES);
    } catch (IllegalArgumentException e) {
      throw refused(text, "it is not an internationalised name that IDNA knows");
    }
  }

  private static void checkLabel(String text, String label) throws InvalidRequestException {
    if (label.isEmpty()) {
      throw refused(text, "it has an empty label");
    }
    if (label.length() > LONGEST_LABEL) {
      throw refused(text, "it has a label of more than " + LONGEST_LABEL + " characters");
    }
    if (label.contains("*")) {
      throw refused(text, "a wildcard can only be the whole left-most label");
    }
    for (int i = 0; i < label.length(); i++) {
      char c = label.charAt(i);
      if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) {
        throw refused(text, "it has a character other than letters, digits and hyphens");
      }
    }
    if (label.startsWith("-") || label.endsWith("-")) {
      throw refused(text, "a label starts or ends with a hyphen");
    }
    // RFC 5890 2.3.1: hyphens in the third and fourth place are for A-labels alone.
    if (label.startsWith("--", 2)
        && !(label.startsWith("xn--") && Punycode.isEncoded(label.substring(4)))) {
      throw refused(text, "a label looks like an A-label and is none");
    }
  }

  private static InvalidRequestException refused(String text, String why) {
    return new InvalidRequestException(
        Fault.BAD_NAME, "'" + SafeText.of(text) + "' is not a DNS name: " + why);
  }
}
