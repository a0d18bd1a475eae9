package dev.countersign.client;

import dev.countersign.client.PathCheck.BrokenPathException;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.DerReader;
import dev.countersign.pki.MalformedDerException;
import dev.countersign.pki.Pem;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.CRLException;
import java.security.cert.X509CRL;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.security.auth.x500.X500Principal;

/**
 * Fetches the revocation lists that a chain's certificates point to. They are signed, so plain HTTP
 * will do (RFC 5280 8); a list that cannot be fetched or is not newer leaves the one that is there.
 */
final class CrlDownload {
  private static final String DISTRIBUTION_POINTS = "2.5.29.31"; // RFC 5280 4.2.1.13
  private static final int CONSTRUCTED_0 = 0xa0;
  private static final int URI_NAME = 0x86; // [6] of GeneralName, RFC 5280 4.2.1.6

  private final CaConnection connection;
  private final Notices notices;

  CrlDownload(CaConnection connection, Notices notices) {
    this.connection = connection;
    this.notices = notices;
  }

  /** The lists to have from now on, as PEM; the very same text if nothing is newer. */
  String newest(Credential credential, String present) {
    List<Certificate> issuers = new ArrayList<>(credential.chain());
    issuers.addAll(credential.roots());
    Map<X500Principal, byte[]> lists = new LinkedHashMap<>();
    boolean changed = false;
    try {
      for (byte[] der : RevocationLists.blocks(present)) {
        lists.put(RevocationLists.parse(der).getIssuerX500Principal(), der);
      }
      Set<URI> points = new LinkedHashSet<>();
      credential.fullChain().forEach(c -> points.addAll(points(c)));
      for (URI point : points) {
        changed |= fetch(point, issuers, lists);
      }
    } catch (BrokenPathException | CRLException e) {
      notices.odd(
          "The revocation lists in crl.pem cannot be read: "
              + e.getMessage()
              + ". Renew with --force.");
    }
    if (!changed) {
      return present;
    }
    StringBuilder pem = new StringBuilder();
    lists.values().forEach(der -> pem.append(Pem.encode("X509 CRL", der)));
    return pem.toString();
  }

  private boolean fetch(URI point, List<Certificate> issuers, Map<X500Principal, byte[]> lists) {
    try {
      notices.working("fetching " + point);
      byte[] der = connection.get(point, "application/pkix-crl").crl();
      RevocationLists.verify(Pem.encode("X509 CRL", der), issuers);
      X509CRL fetched = RevocationLists.parse(der);
      byte[] before = lists.get(fetched.getIssuerX500Principal());
      if (before != null && !madeAt(fetched).isAfter(madeAt(RevocationLists.parse(before)))) {
        return false;
      }
      lists.put(fetched.getIssuerX500Principal(), der);
      return true;
    } catch (ClientException | BrokenPathException | CRLException e) {
      notices.odd(
          "No newer revocation list from "
              + point
              + ": "
              + e.getMessage()
              + " The one in crl.pem stays.");
      return false;
    }
  }

  private static Instant madeAt(X509CRL crl) {
    return crl.getThisUpdate().toInstant();
  }

  static List<URI> points(Certificate certificate) {
    List<URI> points = new ArrayList<>();
    certificate
        .extension(DISTRIBUTION_POINTS)
        .ifPresent(
            der -> {
              try {
                DerReader all = DerReader.of(der).sequence();
                while (!all.atEnd()) {
                  DerReader point = all.sequence();
                  if (point.isNext(CONSTRUCTED_0)) {
                    DerReader name = point.enter(CONSTRUCTED_0);
                    if (name.isNext(CONSTRUCTED_0)) {
                      uris(name.enter(CONSTRUCTED_0), points);
                    }
                  }
                }
              } catch (MalformedDerException | IllegalArgumentException e) {
                // a foreign form: what was understood is used
              }
            });
    return points;
  }

  private static void uris(DerReader names, List<URI> points) throws MalformedDerException {
    while (!names.atEnd()) {
      if (names.isNext(URI_NAME)) {
        URI uri = URI.create(new String(names.content(URI_NAME), StandardCharsets.US_ASCII));
        if ("http".equals(uri.getScheme()) && uri.getHost() != null) {
          points.add(uri);
        }
      } else {
        names.skip();
      }
    }
  }
}
