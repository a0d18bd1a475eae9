package dev.countersign.client;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.NameKind;
import dev.countersign.pki.Names;
import dev.countersign.pki.SubjectName;
import java.util.ArrayList;
import java.util.List;

/** RFC 9525: a host matches by subject alternative name alone, never by common name. */
public final class HostNames {
  private HostNames() {}

  public static boolean matches(Certificate certificate, String host) {
    String bare =
        host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    NameKind kind = isAddress(bare) ? NameKind.IP : NameKind.DNS;
    String wanted;
    try {
      Names names = Names.of(List.of(new SubjectName(kind, bare)));
      wanted = (kind == NameKind.IP ? names.ip() : names.dns()).get(0);
    } catch (InvalidRequestException e) {
      return false;
    }
    if (kind == NameKind.IP) {
      return certificate.names().ip().contains(wanted);
    }
    return certificate.names().dns().stream().anyMatch(pattern -> matches(pattern, wanted));
  }

  /** The hosts that a certificate is for, to be printed. */
  public static String shown(Certificate certificate) {
    List<String> hosts = new ArrayList<>(certificate.names().dns());
    hosts.addAll(certificate.names().ip());
    return hosts.isEmpty() ? "no host" : Printable.line(String.join(", ", hosts));
  }

  private static boolean matches(String pattern, String host) {
    if (!pattern.startsWith("*.")) {
      return pattern.equalsIgnoreCase(host);
    }
    // RFC 9525 6.3: the wildcard is the whole left-most label and stands for exactly one label.
    int dot = host.indexOf('.');
    return dot > 0 && host.substring(dot).equalsIgnoreCase(pattern.substring(1));
  }

  private static boolean isAddress(String host) {
    return host.indexOf(':') >= 0 || host.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
  }
}
