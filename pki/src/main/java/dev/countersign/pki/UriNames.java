package dev.countersign.pki;

import dev.countersign.pki.InvalidRequestException.Fault;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * URIs as names (RFC 5280 4.2.1.6): absolute, ASCII, and without the spellings that readers
 * disagree about.
 */
final class UriNames {
  // SPIFFE-ID 2.3: at most 2048 bytes.
  private static final int LONGEST = 2048;

  private static final Pattern TRUST_DOMAIN = Pattern.compile("[a-z0-9._-]{1,255}");
  private static final Pattern NUMBERS = Pattern.compile("[0-9.]+");
  private static final Pattern ENCODED_DOT = Pattern.compile("%2[eE]");
  private static final Pattern SPIFFE_SEGMENT = Pattern.compile("[a-zA-Z0-9._-]+");

  private UriNames() {}

  static String canonical(String text) throws InvalidRequestException {
    if (text.length() > LONGEST) {
      throw refused(text, "it has more than " + LONGEST + " characters");
    }
    if (!text.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
      throw refused(text, "it has a character other than visible ASCII");
    }
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw refused(text, "its syntax is wrong");
    }
    if (uri.getScheme() == null) {
      throw refused(text, "it has no scheme");
    }
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    if (uri.getRawFragment() != null) {
      throw refused(text, "it has a fragment");
    }
    if (uri.isOpaque() || uri.getRawAuthority() == null) {
      if (scheme.equals("spiffe") || uri.getRawSchemeSpecificPart().startsWith("/")) {
        throw refused(text, "it has no host");
      }
      return scheme + ":" + uri.getRawSchemeSpecificPart();
    }
    if (uri.getRawUserInfo() != null) {
      throw refused(text, "it has user information");
    }
    String authority = authority(text, uri, scheme);
    String path = uri.getRawPath();
    checkPath(text, path, scheme.equals("spiffe"));
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    if (scheme.equals("spiffe") && (!query.isEmpty() || uri.getPort() >= 0)) {
      throw refused(text, "a SPIFFE ID has neither port nor query");
    }
    return scheme + "://" + authority + path + query;
  }

  private static String authority(String text, URI uri, String scheme)
      throws InvalidRequestException {
    String host = uri.getHost();
    if (scheme.equals("spiffe")) {
      // SPIFFE-ID 2.1: a trust domain may also have an underscore, which java.net.URI takes for no
      // host.
      String domain = uri.getRawAuthority().toLowerCase(Locale.ROOT);
      if (!TRUST_DOMAIN.matcher(domain).matches()) {
        throw refused(
            text, "its trust domain has other characters than a-z, 0-9, '.', '-' and '_'");
      }
      return domain;
    }
    if (host == null) {
      throw refused(text, "its host is neither a DNS name nor an IP address");
    }
    String canonical;
    if (host.startsWith("[")) {
      canonical = "[" + IpAddresses.canonical(host.substring(1, host.length() - 1)) + "]";
    } else if (NUMBERS.matcher(host).matches()) {
      canonical = IpAddresses.canonical(host);
    } else {
      canonical = DnsNames.canonical(host);
    }
    return uri.getPort() < 0 ? canonical : canonical + ":" + uri.getPort();
  }

  private static void checkPath(String text, String path, boolean spiffe)
      throws InvalidRequestException {
    if (path.isEmpty()) {
      return;
    }
    for (String segment : path.substring(1).split("/", -1)) {
      String plain = ENCODED_DOT.matcher(segment).replaceAll(".");
      if (plain.equals(".") || plain.equals("..")) {
        throw refused(text, "its path has a '.' or '..' segment");
      }
      // SPIFFE-ID 2.2
      if (spiffe && !SPIFFE_SEGMENT.matcher(segment).matches()) {
        throw refused(
            text,
            "a path segment of a SPIFFE ID has letters, digits, '.', '-' and '_', and is not empty");
      }
    }
  }

  private static InvalidRequestException refused(String text, String why) {
    return new InvalidRequestException(
        Fault.BAD_NAME, "'" + SafeText.of(text) + "' is not a URI that can be certified: " + why);
  }
}
