package dev.countersign.server.crl;

import dev.countersign.server.authority.Authority;
import dev.countersign.server.authority.CrlShards;
import dev.countersign.server.authority.Hierarchy;
import dev.countersign.server.authority.PublicationUrls;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where lists are said to be. A certificate says where its list is, and takes none that does not
 * say the same of itself (RFC 5280 6.3.3 b): so the number of lists of an issuer is fixed when it
 * is first used, and every list has the addresses that were ever used, also after this server was
 * given another one.
 */
public final class Places {
  private final CrlStore store;
  private final long own;
  private final Map<String, CrlShards> shards;

  private Places(CrlStore store, long own, Map<String, CrlShards> shards) {
    this.store = store;
    this.own = own;
    this.shards = Map.copyOf(shards);
  }

  /**
   * Records what is new of these, which must be before certificates name them.
   *
   * @param configured of issuers that have no certificates yet
   */
  public static Places recorded(
      CrlStore store, Hierarchy hierarchy, PublicationUrls urls, CrlShards configured) {
    Map<String, CrlShards> shards = new HashMap<>();
    for (Authority authority : hierarchy.all()) {
      if (authority.kind() == Authority.Kind.ISSUING) {
        shards.put(authority.name(), store.shards(authority.name(), configured));
      }
    }
    return new Places(store, store.location(urls.base().toString()), shards);
  }

  /** The address that was last given to a server of this database. */
  public static Optional<PublicationUrls> newest(CrlStore store) {
    return store.locations(Long.MAX_VALUE).stream()
        .findFirst()
        .map(base -> new PublicationUrls(URI.create(base)));
  }

  public CrlShards shards(String issuer) {
    return shards.getOrDefault(issuer, CrlShards.ONE); // roots certify few
  }

  /** Whether lists that know of the locations up to this one have the address of this server. */
  boolean hasOurs(String issuer, long location) {
    return location >= own || shards(issuer).count() == 1;
  }

  long newest() {
    return Math.max(own, store.newestLocation());
  }

  /** The addresses up to this one, newest first. */
  List<PublicationUrls> locations(long upTo) {
    return store.locations(upTo).stream().map(b -> new PublicationUrls(URI.create(b))).toList();
  }
}
