package dev.countersign.client.tls;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.SpiffeId;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Who is accepted, of those who have a good certificate of the same authority: nobody, unless
 * named. The names of several calls add up.
 *
 * <p>A star stands for any characters of one part of a name: not for a {@code /} of an identity or
 * SPIFFE ID, not for a dot of a host name.
 */
public final class Peers {
  private static final String AND = ", ";

  private final Set<Glob> identities;
  private final Set<Glob> spiffeIds;
  private final Set<Glob> hosts;
  private final boolean everyone;
  private final boolean anonymousClients;
  private final boolean atAnyHost;

  private Peers(
      Set<Glob> identities,
      Set<Glob> spiffeIds,
      Set<Glob> hosts,
      boolean everyone,
      boolean anonymousClients,
      boolean atAnyHost) {
    this.identities = Set.copyOf(identities);
    this.spiffeIds = Set.copyOf(spiffeIds);
    this.hosts = Set.copyOf(hosts);
    this.everyone = everyone;
    this.anonymousClients = anonymousClients;
    this.atAnyHost = atAnyHost;
  }

  static Peers nobody() {
    return new Peers(Set.of(), Set.of(), Set.of(), false, false, false);
  }

  static Peers of(UnaryOperator<Peers> choice) {
    return choice.apply(nobody());
  }

  /**
   * Identities of the own authority, as its operators call them: {@code billing} is {@code
   * spiffe://TRUST-DOMAIN/billing}. Certificates of a profile without SPIFFE IDs have none.
   */
  public Peers identities(String... names) {
    return new Peers(
        with(identities, '/', names), spiffeIds, hosts, everyone, anonymousClients, atAnyHost);
  }

  /** Whole SPIFFE IDs, such as {@code spiffe://other.internal/billing}. */
  public Peers spiffeIds(String... ids) {
    for (String id : ids) {
      if (!id.startsWith(SpiffeId.SCHEME)) {
        throw new IllegalArgumentException(
            "\"" + id + "\" is not a SPIFFE ID; it looks like spiffe://example.internal/billing");
      }
    }
    return new Peers(
        identities, with(spiffeIds, '/', ids), hosts, everyone, anonymousClients, atAnyHost);
  }

  /** DNS names among the subject alternative names, for certificates without SPIFFE IDs. */
  public Peers dnsNames(String... names) {
    Set<Glob> all = new LinkedHashSet<>(hosts);
    for (String name : names) {
      all.add(Glob.ofHost(name));
    }
    return new Peers(identities, spiffeIds, all, everyone, anonymousClients, atAnyHost);
  }

  /** Everybody who has a good certificate of the authority. */
  public Peers everyone() {
    return new Peers(identities, spiffeIds, hosts, true, anonymousClients, atAnyHost);
  }

  /**
   * Clients without a certificate too: who they are is found out in another way, or does not
   * matter. The server must then ask for certificates itself where it wants them ({@code
   * setWantClientAuth}); one that is shown is checked like any other.
   */
  public Peers anonymousClients() {
    return new Peers(identities, spiffeIds, hosts, everyone, true, atAnyHost);
  }

  /**
   * Servers at any host: their identity alone counts, not the name or address that was connected
   * to.
   */
  public Peers atAnyHost() {
    return new Peers(identities, spiffeIds, hosts, everyone, anonymousClients, true);
  }

  private static Set<Glob> with(Set<Glob> before, char separator, String... more) {
    Set<Glob> all = new LinkedHashSet<>(before);
    for (String name : more) {
      all.add(new Glob(name, separator));
    }
    return all;
  }

  /**
   * @param trustDomain of the own authority
   */
  boolean include(Certificate peer, String trustDomain) {
    if (everyone) {
      return true;
    }
    SpiffeId id = SpiffeId.of(peer).orElse(null);
    if (id != null) {
      boolean own = id.trustDomain().equals(trustDomain);
      if ((own && identities.stream().anyMatch(glob -> glob.matches(id.path())))
          || spiffeIds.stream().anyMatch(glob -> glob.matches(id.toString()))) {
        return true;
      }
    }
    return !hosts.isEmpty()
        && peer.names().dns().stream()
            .anyMatch(name -> hosts.stream().anyMatch(glob -> glob.matchesHost(name)));
  }

  boolean includeAnonymousClients() {
    return anonymousClients;
  }

  boolean areAtAnyHost() {
    return atAnyHost;
  }

  /** Whether somebody whom the others include may not be included here. */
  boolean areNarrowerThan(Peers others) {
    return (others.anonymousClients && !anonymousClients)
        || (others.atAnyHost && !atAnyHost)
        || (!everyone
            && (others.everyone
                || !identities.containsAll(others.identities)
                || !spiffeIds.containsAll(others.spiffeIds)
                || !hosts.containsAll(others.hosts)));
  }

  /** For people. */
  @Override
  public String toString() {
    Set<String> all = new LinkedHashSet<>();
    if (everyone) {
      all.add("everyone");
    }
    identities.forEach(glob -> all.add(glob.text()));
    spiffeIds.forEach(glob -> all.add(glob.text()));
    hosts.forEach(glob -> all.add("dns:" + glob.text()));
    if (anonymousClients) {
      all.add("clients without a certificate");
    }
    return all.isEmpty() ? "nobody" : String.join(AND, all);
  }
}
