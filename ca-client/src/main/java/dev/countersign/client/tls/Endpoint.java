package dev.countersign.client.tls;

import dev.countersign.client.Credential;
import dev.countersign.client.PathCheck;
import java.io.IOException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * What is in force, and the connections under it. A change is first made and then applied to the
 * connections that live, so that no handshake that ends meanwhile is missed.
 */
final class Endpoint {
  /** One state; a handshake sees all of one or all of another. */
  private record State(Generation generation, Denials denials, PeerCheck check) {
    static State of(Generation generation, Denials denials, Peers accepted) {
      return new State(
          generation,
          denials,
          new PeerCheck(generation.paths(), generation.trustDomain(), denials, accepted));
    }
  }

  private final InstantSource clock;
  private final MutualTlsListener listener;
  private final Staleness staleness;
  private final PeerTrust trust = new PeerTrust(this);
  private final Connections connections = new Connections();
  private final SessionSettings serverSessions =
      new SessionSettings(() -> generation().inner().getServerSessionContext());
  private final SessionSettings clientSessions =
      new SessionSettings(() -> generation().inner().getClientSessionContext());
  private final ReentrantLock changing = new ReentrantLock();
  private volatile State state;
  private volatile boolean closed;

  Endpoint(Loader first, InstantSource clock, Staleness staleness, MutualTlsListener listener) {
    this.clock = clock;
    this.staleness = staleness;
    this.listener = new CarefulListener(listener);
    Loader.Loaded loaded = first.load(trust, clock.instant());
    this.state = State.of(loaded.generation(), loaded.denials(), Peers.nobody());
  }

  /** Makes the first state, when there is a trust manager to make it with. */
  interface Loader {
    /** What was found. */
    record Loaded(Generation generation, Denials denials) {}

    Loaded load(PeerTrust trust, Instant now);
  }

  Generation generation() {
    return state.generation();
  }

  /** For a new connection. */
  Generation open() {
    if (closed) {
      throw new IllegalStateException(
          "This MutualTls is closed: it makes no new connections. Open it for as long as the program"
              + " connects or listens.");
    }
    return generation();
  }

  Denials denials() {
    return state.denials();
  }

  PeerTrust trust() {
    return trust;
  }

  Connections connections() {
    return connections;
  }

  SessionSettings serverSessions() {
    return serverSessions;
  }

  SessionSettings clientSessions() {
    return clientSessions;
  }

  MutualTlsListener listener() {
    return listener;
  }

  boolean needsClientCertificates() {
    return !state.check().accepted().includeAnonymousClients();
  }

  void accept(Peers peers) {
    change(
        before -> {
          Generation generation =
              peers.areNarrowerThan(before.check().accepted())
                  ? fresh(before.generation())
                  : before.generation();
          return State.of(generation, before.denials(), peers);
        });
  }

  /**
   * @param next from the present one, which may be another one than just before
   */
  void install(UnaryOperator<Generation> next, Denials denials) {
    change(
        before -> {
          Generation generation = next.apply(before.generation());
          keepSettings(generation);
          if (generation.era() != before.generation().era()) {
            before.generation().era().supersede(clock.instant());
          }
          return State.of(generation, denials, before.check().accepted());
        });
  }

  /**
   * @param anybody whether something is new about anybody, and not only until when it is known
   */
  void learn(Denials denials, boolean anybody) {
    if (anybody) {
      install(now -> now, denials);
      return;
    }
    changing.lock();
    try {
      state = State.of(state.generation(), denials, state.check().accepted());
    } finally {
      changing.unlock();
    }
  }

  private interface Change {
    State of(State before);
  }

  private void change(Change change) {
    changing.lock();
    try {
      State before = state;
      state = change.of(before);
      PeerCheck now = state.check();
      boolean anyCut = false;
      for (Checkpoint checkpoint : connections.all()) {
        anyCut |= checkpoint.recheck(now);
      }
      if (anyCut && state.generation().inner() == before.generation().inner()) {
        forgetSessions();
      }
    } finally {
      changing.unlock();
    }
  }

  /** Whoever was thrown out has a ticket, and tickets cannot be taken back one by one. */
  private void forgetSessions() {
    changing.lock();
    try {
      State before = state;
      state = State.of(fresh(before.generation()), before.denials(), before.check().accepted());
    } finally {
      changing.unlock();
    }
  }

  private Generation fresh(Generation generation) {
    Generation fresh = generation.withoutSessions(trust);
    keepSettings(fresh);
    return fresh;
  }

  private void keepSettings(Generation generation) {
    serverSessions.applyTo(generation.inner().getServerSessionContext());
    clientSessions.applyTo(generation.inner().getClientSessionContext());
  }

  /** In a full handshake, where a refusal still becomes an alert. */
  void check(List<X509Certificate> shown, Meeting meeting) throws PeerRefused {
    try {
      check(state, shown, meeting);
    } catch (PeerRefused e) {
      listener.refused(e);
      throw e;
    }
  }

  private PathCheck.Path check(State by, List<X509Certificate> shown, Meeting meeting)
      throws PeerRefused {
    Instant now = clock.instant();
    PathCheck.Path path = by.check().check(shown, meeting, now);
    if (staleness.policy() == StalePolicy.REFUSE_NEW && staleness.isStale(by.denials(), now)) {
      throw PeerCheck.stale(path, meeting, staleness.said(by.denials()));
    }
    return path;
  }

  /** Another one after each change of what is known. */
  PeerCheck presentCheck() {
    return state.check();
  }

  /**
   * At the end of any handshake.
   *
   * @return the peer's path; empty for a client without a certificate, where those are let in
   */
  Optional<PathCheck.Path> check(SSLSession session, Meeting meeting) throws PeerRefused {
    State now = state;
    Certificate[] shown;
    try {
      shown = session.getPeerCertificates();
    } catch (SSLPeerUnverifiedException e) {
      now.check().checkAnonymous(meeting);
      return Optional.empty();
    }
    List<X509Certificate> certificates = new ArrayList<>();
    for (Certificate certificate : shown) {
      if (certificate instanceof X509Certificate x509) {
        certificates.add(x509);
      }
    }
    return Optional.of(check(now, certificates, meeting));
  }

  /**
   * Only a resumption gets this far with a peer that is not accepted: from now on its tickets are
   * worth nothing, and its next handshake is a full one, which ends with an alert.
   */
  void refusedAfterHandshake(PeerRefused why) {
    listener.refused(why);
    switch (why.reason()) {
      case DENIED, NOT_ACCEPTED -> forgetSessions();
      default -> {
        // what passes with time comes to everybody, and would cost all others a full handshake
      }
    }
  }

  /** What went wrong before anything was received, in words if it is about our certificate. */
  IOException translated(IOException failure, Role peer) {
    Optional<PeerRefused> theirs = theirRefusal().in(failure, peer);
    theirs.ifPresent(listener::refused);
    return theirs.<IOException>map(TheirRefusal::exception).orElse(failure);
  }

  /** The peer hung up before anything was received, although something was sent. */
  SSLException hungUp() {
    PeerRefused theirs = theirRefusal().ended(null);
    listener.refused(theirs);
    return TheirRefusal.exception(theirs);
  }

  Optional<PeerRefused> explain(Throwable failure) {
    return PeerRefused.in(failure).or(() -> theirRefusal().in(failure, Role.SERVER));
  }

  private TheirRefusal theirRefusal() {
    State now = state;
    return new TheirRefusal(now.generation(), now.denials(), clock.instant());
  }

  void cutOff(Object connection, PeerRefused why) {
    listener.cutOff(connection, why);
  }

  MutualTls.Status status() {
    State now = state;
    Credential credential = now.generation().credential();
    return new MutualTls.Status(
        credential.info().identity(),
        credential.generation(),
        credential.certificate().serial(),
        credential.certificate().notAfter(),
        credential.info().trustBundle(),
        now.denials().number(),
        now.denials().asOf(),
        staleness.isStale(now.denials(), clock.instant()));
  }

  boolean isStale() {
    return staleness.isStale(state.denials(), clock.instant());
  }

  String saidOfStaleness() {
    return "The authority has not been heard for long: "
        + staleness.said(state.denials())
        + ". "
        + switch (staleness.policy()) {
          case WARN -> "Everything goes on with what is known. ";
          case REFUSE_NEW -> "New connections are refused. ";
        }
        + "See that this machine reaches the authority: countersign trust.";
  }

  void tellLoaded() {
    listener.loaded(status());
  }

  void close() {
    closed = true;
  }

  /** A listener that throws must not end a handshake. */
  private record CarefulListener(MutualTlsListener listener) implements MutualTlsListener {
    private void tell(Consumer<MutualTlsListener> event) {
      try {
        event.accept(listener);
      } catch (RuntimeException e) {
        System.getLogger("dev.countersign.client.tls")
            .log(System.Logger.Level.WARNING, "A listener failed", e);
      }
    }

    @Override
    public void refused(PeerRefused why) {
      tell(l -> l.refused(why));
    }

    @Override
    public void cutOff(Object connection, PeerRefused why) {
      tell(l -> l.cutOff(connection, why));
    }

    @Override
    public void loaded(MutualTls.Status status) {
      tell(l -> l.loaded(status));
    }

    @Override
    public void trouble(String what) {
      tell(l -> l.trouble(what));
    }
  }
}
