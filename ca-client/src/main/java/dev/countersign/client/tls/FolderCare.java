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
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Keeps the credential folder fresh: renews in the window that the authority gave, and asks for
 * roots and revocation lists in between. Not safe for several threads at once.
 */
final class FolderCare {
  private static final Duration NOT_YET = Duration.ofMinutes(1);

  private final CredentialFolder folder;
  private final Duration updateEvery;
  private final InstantSource clock;
  private final SecureRandom random;
  private final Attempts renewals;
  private final Attempts updates;
  private Optional<SerialNumber> planned = Optional.empty();
  private Instant renewAt = Instant.MAX;
  private long heard;

  FolderCare(
      CredentialFolder folder, Duration updateEvery, InstantSource clock, SecureRandom random) {
    this.folder = folder;
    this.updateEvery = updateEvery;
    this.clock = clock;
    this.random = random;
    this.renewals = new Attempts(random);
    this.updates = new Attempts(random);
    updates.succeeded(nextUpdate());
  }

  /** Before there is anything to use: an expired credential can still be renewed for a while. */
  void renewExpired() {
    new Renewal(clock, random, Notices.NONE).renew(folder, Renewal.Options.USUAL);
  }

  /**
   * What is known of denials.
   *
   * @param number of the newest that was heard of
   * @param own whether the own certificate is denied
   * @param ca whether a CA above it is
   */
  record Known(long number, boolean own, boolean ca) {
    static Known of(Denials denials, Credential present) {
      return new Known(
          denials.number(),
          denials.against(List.of(present.certificate())).isPresent(),
          denials.against(present.chain()).isPresent());
    }

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
  void round(Credential present, Known known) {
    Instant now = clock.instant();
    plan(present, now);
    if (known.number() > heard) {
      heard = known.number();
      keepSoon(present, known, now);
    }
    boolean toRenew = (known.denied() || !now.isBefore(renewAt)) && renewals.isTime(now);
    // A hold may have been lifted: the newest lists first
    if (toRenew && !(known.denied() && updates.isTime(now))) {
      attempt(renewals, () -> renew(known));
    } else if (updates.isTime(now)) {
      attempt(updates, () -> update(known));
    }
  }

  /** The lists may not know yet what the feed has said of a CA. */
  private Instant renew(Known known) {
    Renewal.Options usual = Renewal.Options.USUAL;
    Renewal.Options options =
        new Renewal.Options(
            known.ca() && !known.own(),
            usual.sameKey(),
            usual.keyAlgorithm(),
            usual.proof(),
            usual.patience());
    boolean renewed = new Renewal(clock, random, Notices.NONE).renew(folder, options).renewed();
    return renewed ? Instant.MIN : clock.instant().plus(NOT_YET);
  }

  private Instant update(Known known) {
    new TrustUpdate(clock, random, Notices.NONE).update(folder, Patience.DEFAULT, known.number());
    return nextUpdate();
  }

  /**
   * What the feed has said is to survive the end of this process; not that of all at the same
   * moment, since the lists may be large.
   */
  private void keepSoon(Credential present, Known known, Instant now) {
    if (known.denied()) {
      updates.noLaterThan(now);
    } else if (heard > present.info().denials()) {
      updates.noLaterThan(now.plus(part(updateEvery.dividedBy(3), 0)));
    }
  }

  /** Each picks its own moment of the window: all were enrolled at once, perhaps. */
  private void plan(Credential present, Instant now) {
    if (!planned.equals(Optional.of(present.info().serial()))) {
      planned = Optional.of(present.info().serial());
      RenewalWindow window = present.info().renewal();
      Duration length = Duration.between(window.start(), window.end());
      renewAt = window.start().plusSeconds((long) (length.toSeconds() * random.nextDouble()));
      renewals.succeeded(now);
    }
  }

  /**
   * @param work that says when to do it again
   */
  private void attempt(Attempts attempts, Supplier<Instant> work) {
    try {
      attempts.succeeded(work.get());
    } catch (ClientException e) {
      Duration wanted =
          e instanceof UnavailableException unavailable
              ? unavailable.retryAfter().orElse(Duration.ZERO)
              : Duration.ZERO;
      attempts.failed(clock.instant(), wanted);
      throw e;
    }
  }

  private Instant nextUpdate() {
    return clock.instant().plus(part(updateEvery, 0.5));
  }

  /** At random between this part and all of it. */
  private Duration part(Duration whole, double least) {
    return Duration.ofMillis(
        (long) (whole.toMillis() * (least + random.nextDouble() * (1 - least))));
  }
}
