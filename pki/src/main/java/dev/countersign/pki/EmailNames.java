package dev.countersign.pki;

import dev.countersign.pki.InvalidRequestException.Fault;

/** Mail addresses as names (RFC 5280 4.2.1.6): an ASCII local part and a host in A-labels. */
final class EmailNames {
  // RFC 5321 4.5.3.1.1
  private static final int LONGEST_LOCAL = 64;
  // RFC 5322 3.2.3; quoted local parts are for a museum.
  private static final String ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";

  private EmailNames() {}

  static String canonical(String text) throws InvalidRequestException {
    int at = text.lastIndexOf('@');
    if (at < 1 || at > LONGEST_LOCAL) {
      throw refused(text, "it is not local@host with a local part of 1 to 64 characters");
    }
    String local = text.substring(0, at);
    if (!local.matches(ATOM + "(\\." + ATOM + ")*")) {
      throw refused(text, "its local part has characters that are not allowed unquoted");
    }
    String host = DnsNames.canonical(text.substring(at + 1));
    if (host.startsWith("*.")) {
      throw refused(text, "its host is a wildcard");
    }
    return local + "@" + host;
  }

  private static InvalidRequestException refused(String text, String why) {
    return new InvalidRequestException(
        Fault.BAD_NAME, "'" + SafeText.of(text) + "' is not a mail address: " + why);
  }
}
