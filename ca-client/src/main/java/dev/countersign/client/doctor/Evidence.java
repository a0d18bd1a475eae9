package dev.countersign.client.doctor;

import dev.countersign.pki.Certificate;
import java.net.URI;
import java.security.cert.X509CRL;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All that was gathered, once.
 *
 * @param client what is on the disk of this side
 * @param server what is on the disk of the other side, where that is known
 * @param denied a credential that is to be refused because it is revoked
 * @param stranger a good credential that is to be refused because it is not on the list
 * @param visits those that were made
 * @param lists what is at the addresses that trusted certificates name
 * @param resumed what became of a session from before a denial, if that was waited for
 */
record Evidence(
    String host,
    int port,
    Instant now,
    Optional<Side> client,
    Optional<Side> server,
    Optional<Side> denied,
    Optional<Side> stranger,
    Map<Visit, Seen> visits,
    Map<URI, Fetched> lists,
    Optional<AwaitedDenial> resumed) {

  /** As whom, or how, the server is visited. */
  enum Visit {
    /** As nobody. */
    BARE,
    /** With this side's credential. */
    OWN,
    /** With a certificate that was made on the spot. */
    CANARY,
    DENIED,
    STRANGER,
    /** Asking for a host name that nobody has. */
    NO_SUCH_NAME,
    TLS_13,
    TLS_12
  }

  /**
   * A revocation list from the network.
   *
   * @param trouble why there is none
   * @param serverTime the time by the clock of who answered
   */
  record Fetched(Optional<X509CRL> list, String trouble, Optional<Instant> serverTime) {}

  /**
   * @param known whether the denial came within the time that was waited
   * @param after with the session from before it
   */
  record AwaitedDenial(boolean known, Optional<Seen> before, Optional<Seen> after) {}

  String address() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port; // RFC 3986 3.2.2
  }

  Optional<Seen> visit(Visit visit) {
    return Optional.ofNullable(visits.get(visit));
  }

  /** The server's chain: as presented, or else as on its disk. */
  List<Certificate> serverChain() {
    List<Certificate> presented = presented();
    return presented.isEmpty() ? server.map(Side::chain).orElse(List.of()) : presented;
  }

  List<Certificate> presented() {
    return visit(Visit.BARE)
        .map(Seen::chain)
        .filter(chain -> !chain.isEmpty())
        .or(() -> visit(Visit.OWN).map(Seen::chain))
        .orElse(List.of());
  }

  /** What each side shows the other. */
  List<Showing> showings() {
    List<Showing> all = new ArrayList<>();
    if (!serverChain().isEmpty()) {
      all.add(new Showing(Party.SERVER, serverChain(), server, client, spare(), now));
    }
    client
        .map(Side::chain)
        .filter(chain -> !chain.isEmpty())
        .ifPresent(
            chain -> all.add(new Showing(Party.CLIENT, chain, client, server, spare(), now)));
    return all;
  }

  private List<Certificate> spare() {
    Set<Certificate> all = new LinkedHashSet<>(presented());
    client.ifPresent(side -> all.addAll(side.chain()));
    server.ifPresent(side -> all.addAll(side.chain()));
    return List.copyOf(all);
  }

  Optional<Seen.Asked> asked() {
    return visit(Visit.BARE).flatMap(Seen::asked).or(() -> visit(Visit.OWN).flatMap(Seen::asked));
  }

  /** Whether it came so far that the server could have asked for a certificate. */
  boolean couldAsk() {
    return visit(Visit.BARE)
        .filter(seen -> seen.asked().isPresent() || seen.completed())
        .isPresent();
  }

  /**
   * By how much this machine's clock is ahead of that of whoever keeps the revocation lists;
   * negative if it is behind.
   */
  Optional<Duration> skew() {
    return lists.values().stream()
        .flatMap(fetched -> fetched.serverTime().stream())
        .findFirst()
        .map(theirs -> Duration.between(theirs, now));
  }

  /** Of whom there is something on the disk, each once. */
  Map<Party, Side> sides() {
    Map<Party, Side> sides = new java.util.EnumMap<>(Party.class);
    client.ifPresent(side -> sides.put(Party.CLIENT, side));
    server.ifPresent(side -> sides.put(Party.SERVER, side));
    return sides;
  }
}
