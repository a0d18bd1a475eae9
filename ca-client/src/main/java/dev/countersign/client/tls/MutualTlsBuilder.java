package dev.countersign.client.tls;

import dev.countersign.client.ClientException;
import dev.countersign.client.ClientException.Kind;
import dev.countersign.client.Contact;
import dev.countersign.client.CredentialFolder;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/** How a {@link MutualTls} is to be, where it is not to be as usual. */
public final class MutualTlsBuilder {
  private final CredentialFolder folder;
  private final SecureRandom random = new SecureRandom();
  private InstantSource clock = InstantSource.system();
  private MutualTlsListener listener = new LoggingListener();
  private Staleness staleness = Staleness.USUAL;
  private Optional<Duration> drainWithin = Optional.empty();
  private Duration updateEvery = Duration.ofMinutes(15);
  private boolean asks = true;
  private boolean followsFeed = true;
  private boolean inBackground = true;
  private Optional<Supplier<String>> enrolment = Optional.empty();
  private Optional<String> version =
      Optional.ofNullable(MutualTls.class.getPackage().getImplementationVersion())
          .map(own -> "countersign " + own);

  MutualTlsBuilder(CredentialFolder folder) {
    this.folder = folder;
  }

  /** The time by which certificates are valid; that of this machine if not set. */
  public MutualTlsBuilder clock(InstantSource other) {
    clock = other;
    return this;
  }

  /** Who hears what happens; a {@link System.Logger} does if not set. */
  public MutualTlsBuilder listener(MutualTlsListener other) {
    listener = other;
    return this;
  }

  /**
   * From when on what is known of denials is too old, by the authority's signed time, and what to
   * do then; 24 hours and a warning if not set.
   */
  public MutualTlsBuilder stale(Duration after, StalePolicy policy) {
    staleness = new Staleness(positive(after), policy);
    return this;
  }

  /**
   * How long after a change of key, certificate or roots the connections of before may go on. They
   * never outlive the certificates that they were made with, own or peer's, which is also the limit
   * if this is not set.
   */
  public MutualTlsBuilder drainWithin(Duration limit) {
    drainWithin = Optional.of(positive(limit));
    return this;
  }

  /** How often to ask for roots and revocation lists, at most; 15 minutes if not set. */
  public MutualTlsBuilder updateEvery(Duration interval) {
    updateEvery = positive(interval);
    return this;
  }

  /**
   * A folder without a credential gets its first one when it is opened, from this enrolment string
   * of the authority's operator; where there is one, it is used, and the string not asked for. The
   * string is a secret until it is used up: read it from a file or the environment.
   */
  public MutualTlsBuilder enrolling(Supplier<String> string) {
    enrolment = Optional.of(string);
    return this;
  }

  /**
   * What the authority's operators are to see of this program beside its certificate, such as
   * {@code orders 2.3}: up to 64 ASCII characters. The version of this library if not set.
   */
  public MutualTlsBuilder version(String program) {
    if (!program.matches("[ -~]{1,64}") || program.isBlank()) {
      throw new IllegalArgumentException("a version is 1 to 64 printable ASCII characters");
    }
    version = Optional.of(program);
    return this;
  }

  /**
   * Denials come with revocation lists alone, every {@link #updateEvery}: the feed that tells them
   * within a second is not followed. Of an authority that denies a million, all that is denied is
   * 57 MB to fetch at each start, and 21 MB to hold.
   */
  public MutualTlsBuilder listsOnly() {
    followsFeed = false;
    return this;
  }

  /**
   * Another process keeps the folder fresh, denials too: nothing is renewed and nothing asked for
   * from here, only taken when it is there. In a folder that this process may not write to, nothing
   * is renewed anyway.
   */
  public MutualTlsBuilder onlyReading() {
    asks = false;
    return this;
  }

  /**
   * Nothing happens in the background, all of it in {@link MutualTls#keepUp}: for tests that set
   * the clock.
   */
  public MutualTlsBuilder keptUpByHand() {
    inBackground = false;
    return this;
  }

  private static Duration positive(Duration duration) {
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException("a time of " + duration + " is none");
    }
    return duration;
  }

  /**
   * Opens it, {@link #enrolling} first if need be, and begins to look after it in the background.
   * An expired credential is renewed first, if its grace allows that.
   *
   * @throws ClientException if there is no credential in the folder, or none that is whole and
   *     valid
   */
  public MutualTls open() {
    enrolment.ifPresent(
        string -> new FirstEnrollment(folder, string, clock, random).unlessThereIsOne());
    FolderLoader loader = new FolderLoader(folder, clock);
    Optional<FolderCare> care =
        asks && Files.isWritable(folder.path())
            ? Optional.of(new FolderCare(folder, updateEvery, clock, random))
            : Optional.empty();
    Endpoint endpoint = endpoint(loader, care);
    Upkeep upkeep =
        new Upkeep(
            loader,
            asks ? cares(care, loader, endpoint) : Cares.NONE,
            endpoint,
            new Draining(endpoint, drainWithin),
            clock);
    if (inBackground) {
      upkeep.start();
    }
    return new MutualTls(endpoint, loader, upkeep);
  }

  private Cares cares(Optional<FolderCare> care, FolderLoader loader, Endpoint endpoint) {
    Troubles troubles = new Troubles(endpoint.listener(), clock);
    Contact contact = new Contact(() -> endpoint.generation().holder(), clock, random);
    return new Cares(
        care,
        Optional.of(new ContactCare(contact, endpoint, version, troubles, clock, random)),
        followsFeed
            ? Optional.of(new DenialCare(loader, endpoint, troubles, contact))
            : Optional.empty());
  }

  private Endpoint endpoint(FolderLoader loader, Optional<FolderCare> care) {
    try {
      return new Endpoint(loader, clock, staleness, listener);
    } catch (ClientException e) {
      if (e.kind() != Kind.EXPIRED || care.isEmpty()) {
        throw e;
      }
      care.get().renewExpired();
      return new Endpoint(loader, clock, staleness, listener);
    }
  }
}
