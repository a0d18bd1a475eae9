package dev.countersign.server.enrollment;

import dev.countersign.db.Database;
import dev.countersign.pki.EnrollmentKey;
import dev.countersign.pki.EnrollmentString;
import dev.countersign.server.enrollment.Enrollment.State;
import dev.countersign.server.identity.Identities;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.identity.IdentityStore;
import dev.countersign.server.identity.Mandate;
import dev.countersign.server.ledger.Act;
import dev.countersign.server.ledger.Actor;
import dev.countersign.server.ledger.Ledger;
import dev.countersign.server.ledger.LedgerEvent;
import dev.countersign.server.paging.Cursor;
import dev.countersign.server.paging.Page;
import dev.countersign.server.paging.Paged;
import dev.countersign.server.policy.Profile;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Makes, lists and cancels enrolments. */
public final class Enrollments {

  public static final Duration LONGEST_LIFE = Duration.ofDays(30);
  public static final int MOST_USES = 1000;

  private static final int ID_BYTES = 16;

  private final Database database;
  private final Ledger ledger;
  private final InstantSource clock;
  private final SecureRandom random;
  private final Predicate<String> isProfile;
  private final Supplier<Meeting> meeting;

  public Enrollments(
      Database database,
      Ledger ledger,
      InstantSource clock,
      SecureRandom random,
      Predicate<String> isProfile,
      Supplier<Meeting> meeting) {
    this.database = database;
    this.ledger = ledger;
    this.clock = clock;
    this.random = random;
    this.isProfile = isProfile;
    this.meeting = meeting;
  }

  /**
   * Makes an enrolment; the string in the answer exists nowhere else.
   *
   * @param profile of the certificates; empty for the identity's own
   */
  public CreatedEnrollment create(
      String identity, Optional<String> profile, Duration ttl, int uses, Mandate mandate) {
    if (ttl.compareTo(Duration.ofSeconds(1)) < 0 || ttl.compareTo(LONGEST_LIFE) > 0) {
      throw Refusal.at(Kind.MALFORMED, "/ttl", "An enrolment lives from 1 second to 30 days.");
    }
    if (uses < 1 || uses > MOST_USES) {
      throw Refusal.at(Kind.MALFORMED, "/uses", "An enrolment has 1 to " + MOST_USES + " uses.");
    }
    if (profile.isPresent() && !isProfile.test(profile.get())) {
      throw Refusal.at(
          Kind.MALFORMED,
          "/profile",
          "There is no such profile: choose one of those that there are (countersign profile"
              + " list).");
    }
    Identities.mustNotBeReserved(identity);
    // Whole seconds: that is what a string can say.
    Instant createdAt = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    Instant expiresAt = createdAt.plus(ttl).truncatedTo(ChronoUnit.SECONDS);
    byte[] seed = bytes(EnrollmentKey.SEED_LENGTH);
    byte[] publicKey = EnrollmentKey.derive(seed).publicKey();
    String id = newId();
    Meeting where = meeting.get();
    EnrollmentString string =
        new EnrollmentString(where.endpoints(), where.pins(), id, seed, createdAt, expiresAt);
    Enrollment enrollment =
        database.writeAndWait(
            handle -> {
              Identity found =
                  IdentityStore.findLocked(handle, identity)
                      .orElseThrow(() -> Identities.unknown(identity));
              mandate.check(handle, database.dialect(), found.role());
              if (!found.isActive()) {
                throw new Refusal(
                    Kind.IDENTITY_REVOKED,
                    "The identity " + identity + " is revoked: restore it first.");
              }
              String granted = profile.orElse(found.profile());
              mustHaveRoleIfOperators(found, granted);
              Enrollment made =
                  new Enrollment(
                      id,
                      identity,
                      granted,
                      publicKey,
                      createdAt,
                      expiresAt,
                      uses,
                      uses,
                      State.OPEN,
                      Optional.empty(),
                      mandate.actor().name());
              EnrollmentStore.insert(handle, made);
              ledger.append(
                  handle,
                  event(mandate.actor(), "enrollment.created", made)
                      .with(
                          Map.of(
                              "enrollment", id,
                              "profile", made.profile(),
                              "uses", Integer.toString(uses),
                              "expiresAt", expiresAt.toString())));
              return made;
            });
    return new CreatedEnrollment(enrollment, string);
  }

  /** A role that is given later cancels what is open: such a string would never be good. */
  private static void mustHaveRoleIfOperators(Identity identity, String profile) {
    if (profile.equals(Profile.OPERATOR) && identity.role().isEmpty()) {
      throw new Refusal(
          Kind.NOT_ALLOWED,
          "The profile operator is for identities with a role, and "
              + identity.name()
              + " has none: have an admin give it one (countersign identity update "
              + identity.name()
              + " --role operator), then make the string; or choose another profile.");
    }
  }

  public Optional<Enrollment> find(String id) {
    return database.read(handle -> EnrollmentStore.find(handle, id, clock.instant()));
  }

  /** Newest first. */
  public Paged<Enrollment> list(EnrollmentFilter filter, Page page) {
    Optional<Long> before = Cursor.ENROLLMENTS.number(page);
    Instant now = clock.instant();
    List<EnrollmentStore.Numbered> read =
        database.read(
            handle -> EnrollmentStore.list(handle, filter, before, page.limit() + 1, now));
    return Paged.of(read, page, last -> Cursor.ENROLLMENTS.of(last.number()))
        .map(EnrollmentStore.Numbered::enrollment);
  }

  /** Cancelling twice changes nothing; what is used up cannot be cancelled. */
  public Act<Enrollment> cancel(String id, Mandate mandate) {
    return database.writeAndWait(
        handle -> {
          Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
          // The identity's row before the enrolment's, as everyone locks them
          Identity of =
              EnrollmentStore.find(handle, id, now)
                  .flatMap(found -> IdentityStore.findLocked(handle, found.identity()))
                  .orElseThrow(
                      () ->
                          new Refusal(
                              Kind.NOT_FOUND,
                              "There is no enrolment with this id: see those that there are"
                                  + " (countersign enrollment list)."));
          mandate.check(handle, database.dialect(), of.role());
          Enrollment before = EnrollmentStore.findLocked(handle, id, now).orElseThrow();
          if (before.state() == State.CANCELLED) {
            return new Act<>(before, false);
          }
          if (before.state() == State.USED) {
            throw new Refusal(
                Kind.CONFLICT,
                "This enrolment is used up already: revoke the certificate, or the identity "
                    + before.identity()
                    + ".");
          }
          EnrollmentStore.cancel(handle, id, now);
          ledger.append(
              handle,
              event(mandate.actor(), "enrollment.cancelled", before)
                  .with(Map.of("enrollment", id)));
          return new Act<>(EnrollmentStore.find(handle, id, now).orElseThrow(), true);
        });
  }

  private LedgerEvent event(Actor actor, String action, Enrollment about) {
    return LedgerEvent.of(clock.instant().truncatedTo(ChronoUnit.MILLIS), actor, action)
        .about(about.identity());
  }

  /** Never begins with a hyphen: on a command line that would be an option. */
  private String newId() {
    while (true) {
      String id = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(ID_BYTES));
      if (!id.startsWith("-")) {
        return id;
      }
    }
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
