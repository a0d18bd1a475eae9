package dev.countersign.client;

import dev.countersign.client.PathCheck.BrokenPathException;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.DerReader;
import dev.countersign.pki.MalformedDerException;
import dev.countersign.pki.Pem;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fetches the revocation lists of a chain's CAs, from where its certificates point to. They are
 * signed, so plain HTTP will do (RFC 5280 8); a list that cannot be fetched or is not newer leaves
 * the one that is there.
 */
public final class CrlDownload {
  private static final String DISTRIBUTION_POINTS = "2.5.29.31"; // RFC 5280 4.2.1.13
  private static final int MOST_POINTS = 8; // one for each CA, and each may take its time
  // Beside /crl/ISSUER/SHARD.crl there is always /crl/ISSUER.crl
  private static final Pattern SHARD = Pattern.compile("(http://.+/crl/[^/]+)/[0-9]{1,4}\\.crl");
  private static final int CONSTRUCTED_0 = 0xa0;
  private static final int URI_NAME = 0x86; // [6] of GeneralName, RFC 5280 4.2.1.6

  private final CaConnection connection;
  private final Notices notices;
  private final int mostBytes;

  CrlDownload(CaConnection connection, Notices notices) {
    this(connection, notices, GenerationReader.MOST_BYTES_OF_LISTS);
  }

  /**
   * @param mostBytes of all lists together, as text
   */
  CrlDownload(CaConnection connection, Notices notices, int mostBytes) {
    this.connection = connection;
    this.notices = notices;
    this.mostBytes = mostBytes;
  }

  /** The lists to have from now on; the very same if nothing is newer. */
  RevocationLists newest(Credential credential, RevocationLists present) {
    Set<URI> points = new LinkedHashSet<>();
    credential.fullChain().forEach(c -> points(c).forEach(point -> points.add(complete(point))));
    return newest(points, credential.issuers(), present);
  }

  /** The same from these addresses. */
  RevocationLists newest(
      Collection<URI> points, List<Certificate> issuers, RevocationLists present) {
    RevocationLists newest = present;
    for (URI point : points.stream().filter(CrlDownload::plain).limit(MOST_POINTS).toList()) {
      newest = fitting(point, newest, newest.with(fetch(point, issuers)));
    }
    return newest;
  }

  /** Each list alone is small enough to be fetched, and together they may be too large to keep. */
  private RevocationLists fitting(URI point, RevocationLists before, RevocationLists after) {
    if (after.pem().length() <= mostBytes) {
      return after;
    }
    notices.odd(
        "The revocation list from "
            + point
            + " is not kept: with the others it is larger than "
            + mostBytes
            + " bytes. What is in crl.pem stays.");
    return before;
  }

  /**
   * A shard is about few certificates beside our own, and a peer's is of any: the list that covers
   * them all.
   */
  private static URI complete(URI point) {
    Matcher shard = SHARD.matcher(point.toString());
    return shard.matches() ? URI.create(shard.group(1) + ".crl") : point;
  }

  private static boolean plain(URI uri) {
    return "http".equals(uri.getScheme()) && uri.getHost() != null;
  }

  private RevocationLists fetch(URI point, List<Certificate> issuers) {
    try {
      notices.working("fetching " + point);
      byte[] der = connection.get(point, "application/pkix-crl").crl();
      return RevocationLists.verified(Pem.encode("X509 CRL", der), issuers);
    } catch (ClientException e) {
      return none(point, String.valueOf(e.getMessage()));
    } catch (BrokenPathException e) {
      return none(point, e.reason() + ".");
    }
  }

  private RevocationLists none(URI point, String why) {
    notices.odd(
        "No newer revocation list from " + point + ": " + why + " What is in crl.pem stays.");
    return RevocationLists.NONE;
  }

  /** Where its issuer's revocation list is, by what it says itself. */
  public static List<URI> points(Certificate certificate) {
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
        if (plain(uri)) {
          points.add(uri);
        }
      } else {
        names.skip();
      }
    }
  }
}
