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
  private final CredentialFolder folder;
  private final Duration updateEvery;
  private final InstantSource clock;
  private final SecureRandom random;
  private final Attempts renewals;
  private final Attempts updates;
  private Optional<SerialNumber> planned = Optional.empty();
  private Instant renewAt = Instant.MAX;

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
   * Does what it is time for.
   *
   * @param present what is in use
   * @param denied whether it, or a CA above it, is denied
   * @throws ClientException if that did not work; it will be tried again later
   */
  void round(Credential present, boolean denied) {
    Instant now = clock.instant();
    plan(present, now);
    if ((denied || !now.isBefore(renewAt)) && renewals.isTime(now)) {
      attempt(
          renewals,
          () -> new Renewal(clock, random, Notices.NONE).renew(folder, Renewal.Options.USUAL),
          Instant.MIN);
    } else if (updates.isTime(now)) {
      attempt(
          updates,
          () -> new TrustUpdate(clock, random, Notices.NONE).update(folder, Patience.DEFAULT),
          nextUpdate());
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

  private void attempt(Attempts attempts, Runnable work, Instant next) {
    try {
      work.run();
      attempts.succeeded(next);
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
    long most = updateEvery.toMillis();
    return clock.instant().plusMillis((long) (most * (0.5 + random.nextDouble() / 2)));
  }
}
