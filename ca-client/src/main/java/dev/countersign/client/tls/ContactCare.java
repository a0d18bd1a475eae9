package dev.countersign.client.tls;

import dev.countersign.client.ClientException;
import dev.countersign.client.Contact;
import dev.countersign.client.Credential;
import dev.countersign.client.UnavailableException;
import dev.countersign.pki.SerialNumber;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Says to the authority what is loaded, after each change and now and then, and asks when to renew.
 * Not safe for several threads at once.
 */
final class ContactCare {
  // The authority takes whom it has not heard for 3 minutes for away
  private static final Duration SHOWN = Duration.ofMinutes(10);
  private static final Duration NOT_SHOWN = Duration.ofMinutes(2);
  // RFC 9773 4.3.2, where the authority does not say it; the bounds of what it may say are ours
  private static final Duration ASK_AGAIN = Duration.ofHours(6);
  private static final Duration SOONEST = Duration.ofMinutes(1);
  private static final Duration LATEST = Duration.ofDays(1);
  private static final Duration FIRST = Duration.ofMinutes(5);

  private final Contact contact;
  private final Endpoint endpoint;
  private final Optional<String> version;
  private final InstantSource clock;
  private final Chance chance;
  private final Troubles troubles;
  private final Attempts checkins;
  private final Attempts questions;
  private Optional<Said> said = Optional.empty();
  private long newestBundle;
  private Optional<Window> window = Optional.empty();

  /** What was told last. */
  private record Said(SerialNumber serial, Contact.Loaded loaded) {}

  /** When the authority wants this certificate to be renewed. */
  record Window(SerialNumber serial, Instant start, Instant end) {}

  ContactCare(
      Contact contact,
      Endpoint endpoint,
      Optional<String> version,
      Troubles troubles,
      InstantSource clock,
      SecureRandom random) {
    this.contact = contact;
    this.endpoint = endpoint;
    this.version = version;
    this.troubles = troubles;
    this.clock = clock;
    this.chance = new Chance(random);
    this.checkins = new Attempts(random);
    this.questions = new Attempts(random);
    Instant now = clock.instant();
    questions.succeeded(now, now.plus(chance.part(FIRST, 0)));
  }

  /** The number of the newest trust bundle that the authority has told of. */
  long newestBundle() {
    return newestBundle;
  }

  /** When the authority wants the certificate in use to be renewed, if it has said so. */
  Optional<Window> window() {
    SerialNumber serial = endpoint.generation().credential().certificate().serial();
    return window.filter(known -> known.serial().equals(serial));
  }

  /** Does what it is time for. */
  void round() {
    Credential present = endpoint.generation().credential();
    Instant now = clock.instant();
    if (present.isExpired(now)) {
      return; // what there is to say is said by renewing it
    }
    Said saying = saying(present);
    if (isNews(saying)) {
      checkins.noLaterThan(now);
    }
    if (checkins.isTime(now)) {
      attempt(
          "What is loaded could not be told to the authority; it is tried again.",
          checkins,
          () -> checkIn(saying));
    }
    if (questions.isTime(now)) {
      attempt(
          "The authority could not be asked when to renew; it is tried again.",
          questions,
          () -> ask(present));
    }
  }

  private Said saying(Credential present) {
    return new Said(
        present.certificate().serial(),
        new Contact.Loaded(present.info().trustBundle(), endpoint.denials().number(), version));
  }

  /** Whoever shows its certificate says what it knows of denials by asking for the next. */
  private boolean isNews(Said now) {
    return said.filter(
            last ->
                last.serial().equals(now.serial())
                    && last.loaded().trustBundle() == now.loaded().trustBundle()
                    && (last.loaded().denials() == now.loaded().denials() || contact.isShown()))
        .isEmpty();
  }

  private Instant checkIn(Said saying) {
    newestBundle = contact.checkIn(saying.loaded()).trustBundle();
    said = Optional.of(saying);
    return clock.instant().plus(chance.part(contact.isShown() ? SHOWN : NOT_SHOWN, 0.5));
  }

  private Instant ask(Credential present) {
    Contact.RenewalInfo info = contact.renewalInfo();
    window = Optional.of(new Window(present.certificate().serial(), info.start(), info.end()));
    return clock.instant().plus(chance.part(bounded(info.askAgain().orElse(ASK_AGAIN)), 0.5));
  }

  private static Duration bounded(Duration wanted) {
    return wanted.compareTo(SOONEST) < 0 ? SOONEST : wanted.compareTo(LATEST) > 0 ? LATEST : wanted;
  }

  private void attempt(String failed, Attempts attempts, Supplier<Instant> work) {
    try {
      Instant next = work.get();
      attempts.succeeded(clock.instant(), next);
    } catch (ClientException e) {
      attempts.failed(clock.instant(), UnavailableException.wanted(e));
      troubles.tell(failed, e);
    }
  }
}
