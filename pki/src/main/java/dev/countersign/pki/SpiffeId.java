package dev.countersign.pki;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who holds a certificate, as {@code spiffe://trust-domain/path}.
 *
 * @param path without the slash before it
 */
public record SpiffeId(String trustDomain, String path) {
  /**
   * The path of an authority's own listener. The authority gives it to nobody else, so that a
   * certificate of some service does not pass for the authority's.
   */
  public static final String AUTHORITY = "countersignd";

  /** What the canonical spelling of every SPIFFE ID begins with. */
  public static final String SCHEME = "spiffe://";

  // SPIFFE-ID 2.1 to 2.3
  private static final Pattern FORM =
      Pattern.compile("spiffe://([a-z0-9._-]{1,255})/([a-zA-Z0-9._/-]{1,1800})");

  public static SpiffeId authority(String trustDomain) {
    return new SpiffeId(trustDomain, AUTHORITY);
  }

  public static Optional<SpiffeId> parse(String text) {
    Matcher form = FORM.matcher(text);
    return form.matches()
        ? Optional.of(new SpiffeId(form.group(1), form.group(2)))
        : Optional.empty();
  }

  /**
   * The ID that a certificate is for. X509-SVID 2: it has exactly one URI; one with more names
   * nobody in particular.
   */
  public static Optional<SpiffeId> of(Certificate certificate) {
    List<String> uris = certificate.names().uri();
    return uris.size() == 1 ? parse(uris.get(0)) : Optional.empty();
  }

  /**
   * Whether a name, in its canonical spelling, says that its holder is somebody else in this trust
   * domain, or the trust domain itself.
   */
  public boolean isContradictedBy(SubjectName name) {
    if (name.kind() != NameKind.URI
        || !name.value().startsWith(SCHEME)
        || name.value().equals(toString())) {
      return false;
    }
    String rest = name.value().substring(SCHEME.length());
    int slash = rest.indexOf('/');
    String domain = slash < 0 ? rest : rest.substring(0, slash);
    return withoutRoot(domain).equals(withoutRoot(trustDomain));
  }

  /** Who takes trust domains for host names takes these for the same one. */
  private static String withoutRoot(String domain) {
    int end = domain.length();
    while (end > 0 && domain.charAt(end - 1) == '.') {
      end--;
    }
    return domain.substring(0, end);
  }

  public boolean isAuthority() {
    return path.equals(AUTHORITY);
  }

  @Override
  public String toString() {
    return SCHEME + trustDomain + "/" + path;
  }
}
