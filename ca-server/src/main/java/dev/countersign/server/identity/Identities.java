package dev.countersign.server.identity;

import dev.countersign.db.Database;
import dev.countersign.pki.SpiffeId;
import dev.countersign.pki.SubjectName;
import dev.countersign.server.authority.NameConstraints;
import dev.countersign.server.ledger.Act;
import dev.countersign.server.ledger.Actor;
import dev.countersign.server.ledger.Ledger;
import dev.countersign.server.ledger.LedgerEvent;
import dev.countersign.server.paging.Cursor;
import dev.countersign.server.paging.Page;
import dev.countersign.server.paging.Paged;
import dev.countersign.server.policy.Profile;
import dev.countersign.server.policy.Profiles;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;

/**
 * Adds, changes and finds identities. Revoking is not here but with the revocations: it takes the
 * certificates along.
 */
public final class Identities {
  // With a hundred names each, a megabyte or two
  private static final int MOST_REMEMBERED = 1000;

  private static final int LONGEST_OWNER = 200;

  private final Database database;
  private final Remembered<String, Identity> memory = new Remembered<>(MOST_REMEMBERED);
  private final Ledger ledger;
  private final InstantSource clock;
  private final Profiles profiles;
  private final Supplier<NameConstraints> constraints;
  private final String trustDomain;

  /**
   * Over one database.
   *
   * @param constraints of the issuing CA
   */
  public Identities(
      Database database,
      Ledger ledger,
      InstantSource clock,
      Profiles profiles,
      Supplier<NameConstraints> constraints,
      String trustDomain) {
    this.database = database;
    this.ledger = ledger;
    this.clock = clock;
    this.profiles = profiles;
    this.constraints = constraints;
    this.trustDomain = trustDomain;
  }

  public Identity add(NewIdentity wanted, Mandate mandate) {
    if (!Identity.isName(wanted.name())) {
      throw Refusal.at(
          Kind.MALFORMED,
          "/name",
          "A name has 1 to 63 lower-case letters, digits, dots, underscores and hyphens, and starts"
              + " and ends with a letter or digit.");
    }
    mustNotBeReserved(wanted.name());
    Optional<String> owner = wanted.owner().filter(text -> !text.isBlank());
    owner.ifPresent(Identities::checkOwner);
    Identity identity =
        new Identity(
            wanted.name(),
            wanted.profile(),
            wanted.role(),
            owner,
            wanted.names(),
            Identity.State.ACTIVE,
            now(),
            Optional.empty(),
            Optional.empty(),
            0);
    checkNames(identity);
    return database.writeAndWait(
        handle -> {
          mandate.check(handle, database.dialect(), identity.role());
          if (!IdentityStore.insert(handle, identity)) {
            throw new Refusal(
                Kind.ALREADY_EXISTS,
                "There is an identity " + identity.name() + " already: choose another name.");
          }
          append(handle, mandate.actor(), "identity.added", identity, described(identity));
          return identity;
        });
  }

  public Identity update(String name, IdentityChange change, Mandate mandate) {
    mustNotBeReserved(name);
    change.profile().ifPresent(this::profile);
    change.owner().ifPresent(Identities::checkOwner);
    return database.writeAndWait(
        handle -> {
          if (change.role().isPresent()) {
            IdentityStore.lockGuard(handle); // first of all locks, as in a revocation
          }
          Identity before = locked(handle, name);
          Identity after = changed(before, change);
          mandate.check(handle, database.dialect(), before.role().or(after::role));
          if (after.equals(before)) {
            return before;
          }
          if (change.names().isPresent() || change.profile().isPresent()) {
            checkNames(after);
          }
          boolean losesAdmin =
              before.role().equals(Optional.of(Role.ADMIN)) && !after.role().equals(before.role());
          if (losesAdmin && before.isActive() && IdentityStore.isLastAdmin(handle, name)) {
            throw lastAdmin(name);
          }
          IdentityStore.update(handle, after);
          append(handle, mandate.actor(), "identity.updated", after, described(after));
          if (gainsPower(before, after)) {
            startRole(handle, after, mandate.actor());
          }
          return IdentityStore.find(handle, name).orElseThrow();
        });
  }

  /** Lets a revoked identity enrol again; asking twice changes nothing. */
  public Act<Identity> restore(String name, Mandate mandate) {
    mustNotBeReserved(name);
    return database.writeAndWait(
        handle -> {
          Identity before = locked(handle, name);
          mandate.check(handle, database.dialect(), before.role());
          if (before.isActive()) {
            return new Act<>(before, false);
          }
          IdentityStore.restore(handle, name);
          append(handle, mandate.actor(), "identity.restored", before, Map.of());
          return new Act<>(IdentityStore.find(handle, name).orElseThrow(), true);
        });
  }

  public Optional<Identity> find(String name) {
    Optional<Identity> found = database.read(handle -> IdentityStore.find(handle, name));
    found.ifPresentOrElse(identity -> memory.put(name, identity), () -> memory.forget(name));
    return found;
  }

  /**
   * As it was when somebody last asked, for whoever records only if it is still so; that one is
   * revoked, or is not there, is not remembered.
   */
  public Optional<Identity> remembered(String name) {
    return memory.get(name).filter(Identity::isActive).or(() -> find(name));
  }

  /** By name; without the authority itself. */
  public Paged<Identity> list(IdentityFilter filter, Page page) {
    Optional<String> after = Cursor.IDENTITIES.position(page);
    List<Identity> read =
        database.read(handle -> IdentityStore.list(handle, filter, after, page.limit() + 1));
    return Paged.of(read, page, last -> Cursor.IDENTITIES.of(last.name()));
  }

  /** The refusal of every act that would leave nobody to administer. */
  public static Refusal lastAdmin(String name) {
    return new Refusal(
        Kind.LAST_ADMIN,
        name + " is the last active admin: give another identity the role admin first.");
  }

  /** The refusal of every change to the authority itself. */
  public static void mustNotBeReserved(String name) {
    if (name.equals(Identity.RESERVED)) {
      throw new Refusal(
          Kind.NOT_ALLOWED, Identity.RESERVED + " is the authority itself and cannot be changed.");
    }
  }

  public static Refusal unknown(String name) {
    return new Refusal(
        Kind.NOT_FOUND,
        "There is no identity "
            + shown(name)
            + ": see those that there are (countersign identity list).");
  }

  private static String shown(String name) {
    return Identity.isName(name) ? name : "of this name";
  }

  private static Identity locked(Handle handle, String name) {
    return IdentityStore.findLocked(handle, name).orElseThrow(() -> unknown(name));
  }

  private static Identity changed(Identity before, IdentityChange change) {
    return new Identity(
        before.name(),
        change.profile().orElse(before.profile()),
        change.role().map(RoleChange::to).orElse(before.role()),
        change.owner().isPresent()
            ? change.owner().filter(text -> !text.isBlank())
            : before.owner(),
        change.names().orElse(before.names()),
        before.state(),
        before.createdAt(),
        before.revokedAt(),
        before.revocationReason(),
        before.version());
  }

  private static boolean gainsPower(Identity before, Identity after) {
    return after
        .role()
        .filter(role -> before.role().map(held -> held.gainsBy(role)).orElse(true))
        .isPresent();
  }

  /**
   * Who prepared a certificate or a string for an identity must not get the role that it is given
   * later: only what is made from now on acts by it.
   */
  private void startRole(Handle handle, Identity identity, Actor actor) {
    IdentityStore.roleStartsNow(handle, identity.name());
    for (String id : IdentityStore.cancelEnrollments(handle, identity.name(), now())) {
      append(
          handle,
          actor,
          "enrollment.cancelled",
          identity,
          Map.of("enrollment", id, "because", "role"));
    }
  }

  private Profile profile(String name) {
    return profiles
        .find(name)
        .orElseThrow(
            () ->
                Refusal.at(
                    Kind.MALFORMED,
                    "/profile",
                    "There is no such profile: choose one of those that there are (countersign"
                        + " profile list)."));
  }

  /** Tells the operator now what would be refused to the identity later. */
  private void checkNames(Identity identity) {
    NameConstraints permitted = constraints.get();
    permitted
        .firstRefused(identity.names())
        .ifPresent(
            name -> {
              throw Refusal.at(
                  Kind.NOT_ALLOWED,
                  "/names",
                  "The name "
                      + name
                      + " is outside what this CA may certify ("
                      + permitted.describe()
                      + "): leave it out.");
            });
    SpiffeId own = new SpiffeId(trustDomain, identity.name());
    boolean adds = profile(identity.profile()).spiffeId();
    for (String uri : identity.names().uri()) {
      boolean authoritys = SpiffeId.parse(uri).filter(SpiffeId::isAuthority).isPresent();
      if (authoritys || own.isContradictedBy(SubjectName.uri(uri))) {
        throw Refusal.at(
            Kind.NOT_ALLOWED,
            "/names/uri",
            "The name "
                + uri
                + " says that its holder is somebody else than "
                + own
                + ", the SPIFFE ID of "
                + identity.name()
                + ": leave it out.");
      }
      if (adds && !uri.equals(own.toString())) {
        throw Refusal.at(
            Kind.NOT_ALLOWED,
            "/names/uri",
            "The profile "
                + identity.profile()
                + " adds the SPIFFE ID "
                + own
                + ", and a certificate with one has no other URI: leave out "
                + uri
                + ", or choose a profile with spiffeId: false.");
      }
    }
  }

  private static void checkOwner(String owner) {
    if (owner.length() > LONGEST_OWNER || owner.chars().anyMatch(Character::isISOControl)) {
      throw Refusal.at(
          Kind.MALFORMED,
          "/owner",
          "An owner is at most " + LONGEST_OWNER + " characters of one line.");
    }
  }

  private void append(
      Handle handle, Actor actor, String action, Identity about, Map<String, String> details) {
    ledger.append(handle, LedgerEvent.of(now(), actor, action).about(about.name()).with(details));
  }

  private static Map<String, String> described(Identity identity) {
    Map<String, String> details = new LinkedHashMap<>();
    details.put("profile", identity.profile());
    identity.role().ifPresent(role -> details.put("role", role.label()));
    identity.owner().ifPresent(owner -> details.put("owner", owner));
    if (!identity.names().isEmpty()) {
      String names = identity.names().toString();
      details.put("names", names.length() > 4000 ? names.substring(0, 4000) + " …" : names);
    }
    return details;
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
