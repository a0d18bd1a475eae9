package dev.countersign.client.tls;

import dev.countersign.client.tls.PeerRefused.Reason;
import dev.countersign.client.tls.PeerRefused.Side;
import dev.countersign.pki.Certificate;
import java.io.EOFException;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * What the other side may have against our certificate, from the little that reaches us: an alert,
 * which in TLS 1.3 comes after our handshake has ended, or a connection that just ends. What we
 * know of our own certificate says more than most alerts.
 */
final class TheirRefusal {
  // RFC 8446 6.2, as JSSE writes them; newer ones of it put the name in front too
  private static final Pattern ALERT = Pattern.compile("Received fatal alert: ([a-z_]+)");

  // As the JDK and the system write it, whose exceptions have no better types
  private static final Pattern HUNG_UP =
      Pattern.compile(
          "Broken pipe|Connection reset|before receiving peer's close_notify"
              + "|Remote host terminated the handshake|Unexpected end of file");

  private final Generation ours;
  private final Denials denials;
  private final Instant now;

  TheirRefusal(Generation ours, Denials denials, Instant now) {
    this.ours = ours;
    this.denials = denials;
    this.now = now;
  }

  /**
   * @param peer what the other side is
   * @param failure of a connection on which nothing has been received yet
   * @return empty if it is about something else
   */
  Optional<PeerRefused> in(Throwable failure, Role peer) {
    if (PeerRefused.in(failure).isPresent()) {
      return Optional.empty();
    }
    Optional<String> alert = alert(failure);
    if (alert.isPresent()) {
      return reason(alert.get())
          .map(reason -> refusal(reason, peer, "sent the alert " + alert.get(), failure));
    }
    // Whoever looks whether a port is open hangs up on servers all day long
    return peer == Role.SERVER && hasHungUp(failure)
        ? Optional.of(ended(failure))
        : Optional.empty();
  }

  /** The connection has ended before anything came. */
  PeerRefused ended(@Nullable Throwable failure) {
    return refusal(
        Reason.UNKNOWN,
        Role.SERVER,
        "closed the connection without a word, as who refuses a certificate often does",
        failure);
  }

  static SSLException exception(PeerRefused why) {
    SSLException exception = new SSLHandshakeException(String.valueOf(why.getMessage()));
    exception.initCause(why);
    return exception;
  }

  private static Optional<String> alert(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      Matcher matcher = ALERT.matcher(String.valueOf(t.getMessage()));
      if (matcher.find()) {
        return Optional.of(matcher.group(1));
      }
    }
    return Optional.empty();
  }

  /** Empty where the alert is about no certificate. */
  private static Optional<Reason> reason(String alert) {
    return switch (alert) {
      case "certificate_expired" -> Optional.of(Reason.EXPIRED);
      case "certificate_revoked" -> Optional.of(Reason.DENIED);
      case "unknown_ca" -> Optional.of(Reason.UNKNOWN_ROOT);
      case "unsupported_certificate" -> Optional.of(Reason.WRONG_USAGE);
      case "access_denied" -> Optional.of(Reason.NOT_ACCEPTED);
      case "certificate_required" -> Optional.of(Reason.NO_CERTIFICATE);
      case "certificate_unknown", "bad_certificate" -> Optional.of(Reason.UNKNOWN);
      default -> Optional.empty();
    };
  }

  private static boolean hasHungUp(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof EOFException || HUNG_UP.matcher(String.valueOf(t.getMessage())).find()) {
        return true;
      }
    }
    return false;
  }

  private PeerRefused refusal(Reason said, Role peer, String how, @Nullable Throwable cause) {
    Certificate own = ours.credential().certificate();
    Optional<String> denied = denials.against(ours.credential().fullChain());
    Reason reason = said;
    String known = "";
    if (now.isAfter(own.notAfter())) {
      reason = Reason.EXPIRED;
      known = " Our certificate expired at " + own.notAfter() + ".";
    } else if (denied.isPresent()) {
      reason = Reason.DENIED;
      known = " By what is known here, " + denied.get() + ".";
    }
    return new PeerRefused(
        reason,
        Side.THEIRS,
        Optional.of(own),
        "The "
            + peer.word()
            + " "
            + how
            + "; our certificate is that of "
            + PeerCheck.shown(own)
            + ", serial "
            + own.serial()
            + "."
            + known,
        Advice.aboutOurs(reason, peer, ours.credential()),
        cause);
  }
}
