package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.LintRule.require;

import dev.countersign.pki.DerReader;
import dev.countersign.pki.MalformedDerException;
import dev.countersign.pki.Oids;
import dev.countersign.server.lint.LintRule;
import dev.countersign.server.lint.LintSubject;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * RFC 5280 4.2.1.6: critical exactly when the subject is empty; not empty itself; every name in the
 * one form that relying parties compare; none twice, at most 100. X509-SVID 2: beside a SPIFFE ID
 * there is no other URI.
 */
public final class SubjectAlternativeNames implements LintRule {

  private static final int URI = 0x86;
  private static final String LABEL = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?";
  private static final String DNS = "(\\*\\.)?" + LABEL + "(\\." + LABEL + ")*";

  private static final Pattern DNS_NAME = Pattern.compile(DNS);
  private static final Pattern ABSOLUTE_URI = Pattern.compile("[a-z][a-z0-9+.-]*:[!-~]+");
  private static final Pattern EMAIL = Pattern.compile("[!-?A-~]+@" + DNS);

  @Override
  public void check(LintSubject subject) throws MalformedDerException {
    var extension = subject.draft().extension(Oids.SUBJECT_ALTERNATIVE_NAME);
    if (extension.isEmpty()) {
      require(!subject.draft().hasEmptySubject(), "neither a subject nor an alternative name");
      return;
    }
    require(
        extension.get().critical() == subject.draft().hasEmptySubject(),
        "critical is for an empty subject, and only for that");
    DerReader whole = extension.get().reader();
    DerReader names = whole.sequence();
    whole.end();
    require(!names.atEnd(), "no name");
    Set<String> seen = new HashSet<>();
    int uris = 0;
    boolean spiffe = false;
    while (!names.atEnd()) {
      int tag = names.peekTag();
      byte[] value = names.content(tag);
      require(seen.add(tag + HexFormat.of().formatHex(value)), "a name twice");
      check(tag, value);
      if (tag == URI) {
        uris++;
        spiffe |= new String(value, StandardCharsets.ISO_8859_1).startsWith("spiffe:");
      }
    }
    require(seen.size() <= 100, "more than 100 names");
    require(!spiffe || uris == 1, "another URI beside the SPIFFE ID");
  }

  private static void check(int tag, byte[] value) {
    String text = new String(value, StandardCharsets.ISO_8859_1);
    switch (tag) {
      case 0x82 -> // dNSName, RFC 1034 3.5: at most 253 characters, and A-labels in lower case
          require(text.length() <= 253 && DNS_NAME.matcher(text).matches(), "not a DNS name");
      case 0x87 -> require(value.length == 4 || value.length == 16, "not an IP address");
      case URI -> // uniformResourceIdentifier, RFC 3986
          require(ABSOLUTE_URI.matcher(text).matches(), "not an absolute URI");
      case 0x81 -> // rfc822Name
          require(EMAIL.matcher(text).matches(), "not an e-mail address");
      default -> require(false, String.format("a name of kind %02x", tag));
    }
  }
}
