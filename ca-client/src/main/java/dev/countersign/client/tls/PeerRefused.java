package dev.countersign.client.tls;

import dev.countersign.client.Printable;
import dev.countersign.pki.Certificate;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One side does not accept the other's certificate. It is the cause of the exception that ended the
 * handshake or the connection, however deep the stack above JSSE has wrapped that: {@link
 * #in(Throwable)} finds it.
 */
public final class PeerRefused extends CertificateException {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    EXPIRED,
    NOT_YET_VALID,
    /** Revoked or on hold, by the word of its authority. */
    DENIED,
    /** It does not lead to a root of the trust bundle. */
    UNKNOWN_ROOT,
    /** A server at another host than its certificate is for. */
    WRONG_NAME,
    /** A good certificate, of somebody who is not on the list. */
    NOT_ACCEPTED,
    /** Not meant for this: a server's shown by a client, or the other way round. */
    WRONG_USAGE,
    NO_CERTIFICATE,
    MALFORMED,
    /** Nothing is wrong with it, but what is known of denials is too old to rely on. */
    STALE,
    /**
     * Nobody is refused: a live connection has lasted until the certificate of this side that it
     * was made with ended.
     */
    SUPERSEDED,
    /** The other side gave no reason, or none that tells more. */
    UNKNOWN
  }

  /** Which side refused. */
  public enum Side {
    /** We refused the peer's certificate. */
    OURS,
    /** The peer refused our certificate, as far as can be known. */
    THEIRS
  }

  private final Reason reason;
  private final Side side;
  private final transient @Nullable Certificate certificate;
  private final String advice;

  PeerRefused(
      Reason reason,
      Side side,
      Optional<Certificate> certificate,
      String what,
      String advice,
      @Nullable Throwable cause) {
    super(Printable.line(what + " " + advice), causeForAlert(reason, cause));
    this.reason = reason;
    this.side = side;
    this.certificate = certificate.orElse(null);
    this.advice = Printable.line(advice);
  }

  /** JSSE takes its alert from such a cause: {@code certificate_revoked} says more than most. */
  private static @Nullable Throwable causeForAlert(Reason reason, @Nullable Throwable cause) {
    BasicReason basic =
        switch (reason) {
          case DENIED -> BasicReason.REVOKED;
          case EXPIRED -> BasicReason.EXPIRED;
          case NOT_YET_VALID -> BasicReason.NOT_YET_VALID;
          default -> null;
        };
    return basic == null
        ? cause
        : new CertPathValidatorException(reason.name(), cause, null, -1, basic);
  }

  public Reason reason() {
    return reason;
  }

  public Side side() {
    return side;
  }

  /** The certificate that was refused; empty if there was none or it cannot be read. */
  public Optional<Certificate> certificate() {
    return Optional.ofNullable(certificate);
  }

  /** What to do now, in a sentence or two. */
  public String advice() {
    return advice;
  }

  /** The refusal that a failure of a connection comes from, if it comes from one. */
  public static Optional<PeerRefused> in(@Nullable Throwable failure) {
    Map<Throwable, Boolean> seen = new IdentityHashMap<>();
    for (Throwable t = failure; t != null && seen.put(t, true) == null; t = t.getCause()) {
      if (t instanceof PeerRefused refused) {
        return Optional.of(refused);
      }
      for (Throwable suppressed : t.getSuppressed()) {
        if (suppressed instanceof PeerRefused refused) {
          return Optional.of(refused);
        }
      }
    }
    return Optional.empty();
  }
}
