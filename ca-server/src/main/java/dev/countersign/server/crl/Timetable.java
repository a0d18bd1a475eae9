package dev.countersign.server.crl;

import dev.countersign.server.authority.Authority;
import dev.countersign.server.authority.Hierarchy;
import dev.countersign.server.lease.Lease;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Optional;

/** When the next list is due, how long it holds, and what has left it by then. */
final class Timetable {
  private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);
  // Before the last one is over, twice as long as a node that died keeps others from making the
  // next
  private static final Duration IN_TIME = Lease.TERM.multipliedBy(2);

  private final CrlPublisher.Schedule schedule;
  private final Hierarchy hierarchy;
  private final Places places;
  private final Pace pace;
  private final InstantSource clock;

  Timetable(
      CrlPublisher.Schedule schedule,
      Hierarchy hierarchy,
      Places places,
      Pace pace,
      InstantSource clock) {
    this.schedule = schedule;
    this.pace = pace;
    this.hierarchy = hierarchy;
    this.places = places;
    this.clock = clock;
  }

  /**
   * Whether nobody misses the next ones yet, though it is time for them: what is new is in the
   * shorter lists.
   */
  boolean canWait(Lists lists, long recorded) {
    return lists.snapshot().revocations() >= recorded
        && clock.instant().plus(IN_TIME).isBefore(lists.firstOver())
        && lists.newest().filter(this::isOfUse).isPresent();
  }

  boolean isDue(Authority authority, Lists lists, long recorded) {
    if (owes(lists, recorded)) {
      return true;
    }
    if (authority.kind() == Authority.Kind.ISSUING) {
      return isTime(lists);
    }
    Instant now = clock.instant();
    return lists.newest().filter(row -> now.isBefore(row.nextUpdate()) && !isAhead(row)).isEmpty();
  }

  /** Whether something was revoked or released that a list does not say, and may say now. */
  private boolean owes(Lists lists, long recorded) {
    boolean isNews = lists.snapshot().revocations() < recorded;
    return (isNews && lists.isDivided()) // in one of the shards, which are short
        || lists.parts().values().stream()
            .anyMatch(last -> (isNews || last.isBehind(lists.snapshot())) && mayFollow(last));
  }

  /** Whether the next of this kind may be made only because it would say something else. */
  boolean mayFollow(PublishedCrl last) {
    return pace.allowsNextOf(last, clock.instant());
  }

  /** Whether the next are due though nothing was revoked. */
  boolean isTime(Lists lists) {
    Instant now = clock.instant();
    return lists
        .newest()
        .filter(row -> now.isBefore(row.scheduledAt().plus(schedule.interval())) && isOfUse(row))
        .isEmpty();
  }

  private boolean isOfUse(CrlRow newest) {
    return !isAhead(newest) && places.hasOurs(newest.issuer(), newest.location());
  }

  /** Made by a clock that was ahead, and good for nobody yet. */
  boolean isAhead(CrlRow newest) {
    return newest.thisUpdate().isAfter(clock.instant().plus(CLOCKS_DIFFER));
  }

  /**
   * RFC 5280 3.3: an entry stays until it was on a list that was made when it was time, after the
   * certificate's end; a whole life keeps it on several.
   */
  Instant expiredBefore(Instant now, Optional<CrlRow> newest) {
    Instant life = now.minus(schedule.life());
    return newest.map(CrlRow::scheduledAt).filter(at -> at.isBefore(life)).orElse(life);
  }

  /**
   * A root's list holds as long as what it certified: its key is not here when the next would be
   * due.
   */
  Instant nextUpdate(Authority authority, Instant now) {
    if (authority.kind() == Authority.Kind.ISSUING) {
      return now.plus(schedule.life());
    }
    return hierarchy.all().stream()
        .filter(issued -> issued.kind() == Authority.Kind.ISSUING)
        .map(issued -> issued.certificate().notAfter())
        .max(Comparator.naturalOrder())
        .filter(end -> end.isAfter(now))
        .orElse(now.plus(schedule.life()));
  }
}
