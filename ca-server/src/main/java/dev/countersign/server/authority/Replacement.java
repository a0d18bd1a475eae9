package dev.countersign.server.authority;

import dev.countersign.db.Database;
import dev.countersign.pki.RevocationReason;
import dev.countersign.server.keys.KeyFiles;
import dev.countersign.server.keys.KeyHolder;
import dev.countersign.server.keys.Passphrase;
import dev.countersign.server.keys.SigningKey;
import dev.countersign.server.ledger.Actor;
import dev.countersign.server.ledger.Ledger;
import dev.countersign.server.ledger.LedgerEvent;
import dev.countersign.server.refusal.Refusal;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Revokes an issuing CA and certifies the next one under the same root, in one act: an authority
 * without an issuing CA could not even serve the list that says so. From then on the root owes a
 * list, which whoever has its key makes. The next one's key file is on the disk before the database
 * names it; one that was left by an act that was cut short is used.
 */
public final class Replacement {
  // RFC 5280 5.3.1: of those, what can be said of a CA for good
  private static final Set<RevocationReason> REASONS =
      EnumSet.of(
          RevocationReason.UNSPECIFIED,
          RevocationReason.CA_COMPROMISE,
          RevocationReason.AFFILIATION_CHANGED,
          RevocationReason.SUPERSEDED,
          RevocationReason.CESSATION_OF_OPERATION);

  private final Database database;
  private final KeyFiles files;
  private final InstantSource clock;
  private final SecureRandom random;
  private final RootDenial rootDenial;
  private final RootOcsp rootOcsp;

  /**
   * What is wanted.
   *
   * @param issuing the name of the issuing CA that goes
   * @param organization stands in the subject of the next one
   * @throws IllegalArgumentException with a sentence, for a reason that is none for a CA
   */
  public record Order(
      String issuing, RevocationReason reason, String organization, PublicationUrls urls) {
    public Order {
      if (!REASONS.contains(reason)) {
        throw new IllegalArgumentException(
            reason.label()
                + " is no reason to revoke a CA: give one of "
                + REASONS.stream().map(RevocationReason::label).collect(Collectors.joining(", "))
                + ".");
      }
    }
  }

  /** What was done. */
  public record Done(RevokedAuthority revoked, Authority successor) {}

  public Replacement(
      Database database,
      KeyFiles files,
      InstantSource clock,
      SecureRandom random,
      RootDenial rootDenial,
      RootOcsp rootOcsp) {
    this.database = database;
    this.files = files;
    this.clock = clock;
    this.random = random;
    this.rootDenial = rootDenial;
    this.rootOcsp = rootOcsp;
  }

  /**
   * Does it.
   *
   * @throws Refusal when there is nothing to revoke, or the root's key is not here; nothing is
   *     changed then
   */
  public Done run(Hierarchy hierarchy, Order order, Passphrase passphrase, Actor actor) {
    Authority issuing = active(hierarchy, order.issuing());
    Authority root = withKey(hierarchy.rootOf(issuing));
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    Authority successor = successor(hierarchy, issuing, root, order, passphrase, now);
    RevokedAuthority revoked =
        new RevokedAuthority(
            issuing.name(),
            issuing.certificate(),
            now,
            order.reason(),
            rootOcsp.revoked(
                root,
                issuing.certificate(),
                order.reason(),
                now,
                issuing.certificate().notAfter()));
    Ledger ledger = new Ledger(database);
    return database.writeAndWait(
        handle -> {
          rootDenial.record(handle, root, revoked); // takes the guard, so it comes first
          AuthorityStore.revoke(handle, revoked);
          AuthorityStore.insert(handle, successor, now);
          ledger.append(handle, event(now, actor, issuing, order.reason()));
          ledger.append(handle, event(now, actor, successor, issuing));
          return new Done(revoked, successor);
        });
  }

  private static Authority active(Hierarchy hierarchy, String name) {
    Authority issuing =
        hierarchy
            .find(name)
            .filter(found -> found.kind() == Authority.Kind.ISSUING)
            .orElseThrow(
                () ->
                    refused(
                        "There is no issuing CA "
                            + name
                            + ", only "
                            + hierarchy.all().stream()
                                .filter(found -> found.kind() == Authority.Kind.ISSUING)
                                .map(Authority::name)
                                .collect(Collectors.joining(", "))
                            + "."));
    if (issuing.state() != Authority.State.ACTIVE) {
      throw refused(name + " is " + issuing.state().label() + " already; nothing was changed.");
    }
    return issuing;
  }

  /** Opened once for all that it signs here. */
  private Authority withKey(Authority root) {
    SigningKey key =
        root.signingKey()
            .orElseThrow(
                () ->
                    refused(
                        "The key of "
                            + root.name()
                            + " is not on this machine: copy what countersignd root export wrote to"
                            + " "
                            + files.path(root.name())
                            + " (mode 0600), do this again, then take it away with countersignd"
                            + " root remove."));
    return new Authority(root.name(), root.kind(), root.state(), root.chain(), KeyHolder.of(key));
  }

  private Authority successor(
      Hierarchy hierarchy,
      Authority issuing,
      Authority root,
      Order order,
      Passphrase passphrase,
      Instant now) {
    int number = 1;
    while (hierarchy.find(IssuingDraft.name(number)).isPresent()) {
      number++;
    }
    String name = IssuingDraft.name(number);
    if (!files.present(name)) {
      files.write(name, issuing.keyAlgorithm().generate(random), passphrase);
    }
    SigningKey key = files.open(name, passphrase).orElseThrow();
    return new IssuingDraft(
            order.organization(), number, issuing.facts().constraints(), order.urls(), random)
        .signed(root, key, now);
  }

  private static LedgerEvent event(
      Instant now, Actor actor, Authority revoked, RevocationReason reason) {
    return LedgerEvent.of(now, actor, "authority.revoked")
        .withSerial(revoked.certificate().serial().toString())
        .with(Map.of("authority", revoked.name(), "reason", reason.label()));
  }

  private static LedgerEvent event(
      Instant now, Actor actor, Authority successor, Authority revoked) {
    return LedgerEvent.of(now, actor, "authority.added")
        .withSerial(successor.certificate().serial().toString())
        .with(Map.of("authority", successor.name(), "replaces", revoked.name()));
  }

  private static Refusal refused(String why) {
    return new Refusal(Refusal.Kind.CONFLICT, why);
  }
}
