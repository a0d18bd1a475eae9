package dev.countersign.client.tls;

import dev.countersign.client.ClientException;
import dev.countersign.client.Credential;
import dev.countersign.client.CredentialFolder;
import dev.countersign.client.CredentialInfo.RenewalWindow;
import dev.countersign.client.Notices;
import dev.countersign.client.Patience;
import dev.countersign.client.Renewal;
import dev.countersign.client.TrustUpdate;
import dev.countersign.client.UnavailableException;
import dev.countersign.pki.SerialNumber;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Keeps the credential folder fresh: renews in the window that the authority gave, and asks for
 * roots and revocation lists in between. Not safe for several threads at once.
 */
final class FolderCare {
  // Another process has renewed it, and it is not loaded yet
  private static final Duration NOT_YET = Duration.ofMinutes(1);

  private final CredentialFolder folder;
  private final Duration updateEvery;
  private final InstantSource clock;
  private final SecureRandom random;
  private final Chance chance;
  private final Attempts renewals;
  private final Attempts updates;
  private Optional<SerialNumber> planned = Optional.empty();
  private Instant renewAt = Instant.MAX;
  private Optional<ContactCare.Window> wanted = Optional.empty();
  private Optional<Instant> renewedAt = Optional.empty(); // what is not looked at yet
  private long heard;
  private long askedFor;

  FolderCare(
      CredentialFolder folder, Duration updateEvery, InstantSource clock, SecureRandom random) {
    this.folder = folder;
    this.updateEvery = updateEvery;
    this.clock = clock;
    this.random = random;
    this.chance = new Chance(random);
    this.renewals = new Attempts(random);
    this.updates = new Attempts(random);
    updates.succeeded(clock.instant(), nextUpdate());
  }

  /** Before there is anything to use: an expired credential can still be renewed for a while. */
  void renewExpired() {
    new Renewal(clock, random, Notices.NONE).renew(folder, Renewal.Options.USUAL);
  }

  /**
   * What has been heard meanwhile.
   *
   * @param denials the number of the newest
   * @param own whether the own certificate is denied
   * @param ca whether a CA above it is
   * @param trustBundle the number of the newest that the authority has told of
   * @param window in which the authority wants the certificate in use to be renewed
   */
  record News(
      long denials,
      boolean own,
      boolean ca,
      long trustBundle,
      Optional<ContactCare.Window> window) {
    boolean denied() {
      return own || ca;
    }
  }

  /**
   * Does what it is time for.
   *
   * @param present what is in use
   * @throws ClientException if that did not work; it will be tried again later
   */
  void round(Credential present, News news) {
    Instant now = clock.instant();
    plan(present, news.window(), now);
    if (news.trustBundle() > Math.max(present.info().trustBundle(), askedFor)) {
      askedFor = news.trustBundle();
      updates.noLaterThan(now);
    }
    if (news.denials() > heard) {
      heard = news.denials();
      keepSoon(present, news, now);
    }
    boolean toRenew = (news.denied() || !now.isBefore(renewAt)) && renewals.isTime(now);
    // A hold may have been lifted: the newest lists first
    if (toRenew && !(news.denied() && updates.isTime(now))) {
      attempt(renewals, () -> renew(present, news));
    } else if (updates.isTime(now)) {
      attempt(updates, () -> updates.succeeded(clock.instant(), update(news)));
    }
  }

  /**
   * Also before its window as the folder has it, where the authority or the feed says so, of whom
   * the folder knows nothing.
   */
  private void renew(Credential present, News news) {
    boolean early = wanted.isPresent() || (news.ca() && !news.own());
    Renewal renewal = new Renewal(clock, random, Notices.NONE);
    boolean renewed =
        (early
                ? renewal.renewEarly(folder, present.info().serial(), Renewal.Options.USUAL)
                : renewal.renew(folder, Renewal.Options.USUAL))
            .renewed();
    Instant now = clock.instant();
    if (renewed) {
      renewedAt = Optional.of(now);
    }
    renewals.rests(now, now.plus(NOT_YET)); // until it is loaded
  }

  private Instant update(News news) {
    new TrustUpdate(clock, random, Notices.NONE).update(folder, Patience.DEFAULT, news.denials());
    return nextUpdate();
  }

  /**
   * What the feed has said is to survive the end of this process; not that of all at the same
   * moment, since the lists may be large.
   */
  private void keepSoon(Credential present, News news, Instant now) {
    if (news.denied()) {
      updates.noLaterThan(now);
    } else if (heard > present.info().denials()) {
      updates.noLaterThan(now.plus(chance.part(updateEvery.dividedBy(3), 0)));
    }
  }

  /**
   * Each picks its own moment of the window: all were enrolled at once, perhaps. The authority may
   * move the window up, not put it off.
   */
  private void plan(Credential present, Optional<ContactCare.Window> said, Instant now) {
    RenewalWindow window = present.info().renewal();
    if (!planned.equals(Optional.of(present.info().serial()))) {
      planned = Optional.of(present.info().serial());
      wanted = Optional.empty();
      renewAt = chance.between(window.start(), window.end());
      if (renewedAt.filter(at -> !renewAt.isAfter(at)).isPresent()) {
        renewals.failed(now, Duration.ZERO); // due when new: our clock is ahead of the authority's
      } else {
        renewals.succeeded(now, now);
      }
      renewedAt = Optional.empty();
    }
    if (said.isPresent() && !said.equals(wanted) && said.get().start().isBefore(window.start())) {
      wanted = said;
      Instant moved = chance.between(said.get().start(), said.get().end());
      renewAt = moved.isBefore(renewAt) ? moved : renewAt;
    }
  }

  /**
   * @param work that says when to do it again
   */
  private void attempt(Attempts attempts, Runnable work) {
    try {
      work.run();
    } catch (ClientException e) {
      attempts.failed(clock.instant(), UnavailableException.wanted(e));
      throw e;
    }
  }

  private Instant nextUpdate() {
    return clock.instant().plus(chance.part(updateEvery, 0.5));
  }
}
