package dev.countersign.client.tls;

import dev.countersign.client.PathCheck;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** What all traffic of one connection passes by: nothing before the peer is checked. */
final class Checkpoint {
  /** Somebody who was let in. */
  private record Passed(PathCheck.Path path, Meeting meeting) {}

  private final Endpoint endpoint;
  private final Object connection;
  private final Runnable onCut;
  private final Era era;
  private final AtomicReference<@Nullable PeerRefused> cut = new AtomicReference<>();
  private volatile @Nullable SSLSession checked;
  private volatile @Nullable Passed passed;
  private volatile @Nullable Object entry;
  private volatile boolean said;
  private volatile boolean heard;
  private volatile boolean told;

  /**
   * @param era it was made in
   * @param connection the engine or socket that the application has
   * @param onCut ends the connection at once, as far as that is possible from here
   */
  Checkpoint(Endpoint endpoint, Era era, Object connection, Runnable onCut) {
    this.endpoint = endpoint;
    this.connection = connection;
    this.onCut = onCut;
    this.era = era;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  Object connection() {
    return connection;
  }

  boolean hasChecked(SSLSession session) {
    return checked == session;
  }

  boolean isChecked() {
    return checked != null;
  }

  boolean isCut() {
    return cut.get() != null;
  }

  /** A handshake has ended, full or resumed, the first or another one. */
  void check(SSLSession session, Meeting meeting) throws SSLHandshakeException {
    if (entry == null) {
      entry = endpoint.connections().add(this);
    }
    try {
      PeerCheck by;
      do {
        by = endpoint.presentCheck();
        passed =
            endpoint.check(session, meeting).map(path -> new Passed(path, meeting)).orElse(null);
        checked = session;
        // Whoever learnt something meanwhile has perhaps looked here before there was a path
      } while (endpoint.presentCheck() != by);
    } catch (PeerRefused e) {
      cut.compareAndSet(null, e);
      endpoint.refusedAfterHandshake(e);
      throw handshakeFailure(e);
    }
  }

  static SSLHandshakeException handshakeFailure(PeerRefused why) {
    SSLHandshakeException failure = new SSLHandshakeException(String.valueOf(why.getMessage()));
    failure.initCause(why);
    return failure;
  }

  /** Again, after something was learnt. */
  boolean recheck(PeerCheck check) {
    Passed now = passed;
    if (now != null && !isCut()) {
      try {
        check.checkStanding(now.path(), now.meeting());
      } catch (PeerRefused e) {
        return cut(e);
      }
    } else if (now == null && isChecked() && !isCut()) {
      try {
        check.checkAnonymous(Meeting.withClient());
      } catch (PeerRefused e) {
        return cut(e);
      }
    }
    return false;
  }

  /** A denial would not reach it any more, or it is of an era that is over. */
  void endIfOver(Instant now, Optional<Duration> drainedWithin) {
    Passed present = passed;
    if (present != null && now.isAfter(present.path().notAfter())) {
      cut(PeerCheck.outlived(present.path(), present.meeting()));
    }
    Optional<Instant> limit = era.drainedAt(drainedWithin);
    if (limit.filter(now::isAfter).isPresent() && isChecked()) {
      cut(Advice.superseded(limit.get()));
    }
  }

  private boolean cut(PeerRefused why) {
    if (!cut.compareAndSet(null, why)) {
      return false;
    }
    onCut.run();
    over();
    endpoint.cutOff(connection, why);
    return true;
  }

  void requireOpen() throws SSLException {
    SSLException failure = failureIfCut();
    if (failure != null) {
      throw failure;
    }
  }

  /**
   * In place of what went wrong, if that was because the connection was cut here, or because the
   * other side does not like our certificate.
   */
  IOException because(IOException wrong, Role peer) {
    SSLException failure = failureIfCut();
    if (failure == null) {
      return heard || told ? wrong : translated(wrong, peer);
    }
    if (wrong.getCause() == cut.get()) {
      return wrong;
    }
    failure.addSuppressed(wrong);
    return failure;
  }

  private IOException translated(IOException wrong, Role peer) {
    IOException translated = endpoint.translated(wrong, peer);
    told = translated != wrong;
    return translated;
  }

  /** A byte of the application came: whatever happens now is not about certificates. */
  void heard() {
    heard = true;
  }

  void said() {
    said = true;
  }

  /** At the end of what comes in, if this side is a client and has not ended it itself. */
  void requireAnswer() throws SSLException {
    if (said && !heard && !told) {
      told = true;
      throw endpoint.hungUp();
    }
  }

  private @Nullable SSLException failureIfCut() {
    PeerRefused why = cut.get();
    return why == null ? null : new SSLException(String.valueOf(why.getMessage()), why);
  }

  /** Closed by both sides: nothing is left to cut. */
  void over() {
    Object registered = entry;
    if (registered != null) {
      endpoint.connections().remove(registered);
    }
  }
}
