package dev.countersign.server.refusal;

import java.time.Duration;
import java.util.Optional;

/**
 * A request that was understood and is turned down; nothing has been changed by it, but for {@link
 * Kind#OUTCOME_UNKNOWN}.
 */
public final class Refusal extends RuntimeException {

  /** The {@code type} of the problem document is {@code urn:countersign:problem:} and the slug. */
  public enum Kind {
    MALFORMED(400, "malformed", "Not readable"),
    BAD_POSSESSION(400, "bad-possession", "Possession of the key is not proved"),
    BAD_PUBLIC_KEY(400, "bad-public-key", "Public key not acceptable"),
    UNAUTHENTICATED(401, "unauthenticated", "Who is asking is not proved"),
    CLOCK_SKEW(401, "clock-skew", "Clocks differ too much"),
    FORBIDDEN(403, "forbidden", "Role does not allow this"),
    NOT_ALLOWED(403, "not-allowed", "Not allowed by policy"),
    IDENTITY_REVOKED(403, "identity-revoked", "Identity is revoked"),
    CERTIFICATE_REVOKED(403, "certificate-revoked", "Certificate is revoked"),
    CERTIFICATE_EXPIRED(403, "certificate-expired", "Certificate is expired"),
    NOT_FOUND(404, "not-found", "Not found"),
    METHOD_NOT_ALLOWED(405, "method-not-allowed", "Method not allowed"),
    ALREADY_EXISTS(409, "already-exists", "Already exists"),
    CONFLICT(409, "conflict", "State does not allow this"),
    ENROLLMENT_USED(409, "enrollment-used", "Enrolment is used up"),
    LAST_ADMIN(409, "last-admin", "The last admin must stay"),
    ENROLLMENT_EXPIRED(410, "enrollment-expired", "Enrolment is expired"),
    ENROLLMENT_CANCELLED(410, "enrollment-cancelled", "Enrolment is cancelled"),
    BODY_TOO_LARGE(413, "body-too-large", "Body too large"),
    UNSUPPORTED_MEDIA_TYPE(415, "unsupported-media-type", "Media type not supported"),
    IDEMPOTENCY_MISMATCH(422, "idempotency-mismatch", "Idempotency key belongs to another request"),
    RATE_LIMITED(429, "rate-limited", "Too many requests"),
    UNAVAILABLE(503, "unavailable", "Cannot do this now"),
    OUTCOME_UNKNOWN(503, "outcome-unknown", "Not known whether this was done");

    private final int status;
    private final String slug;
    private final String title;

    Kind(int status, String slug, String title) {
      this.status = status;
      this.slug = slug;
      this.title = title;
    }

    public int status() {
      return status;
    }

    public String slug() {
      return slug;
    }

    public String title() {
      return title;
    }
  }

  private static final long serialVersionUID = 1;

  private final Kind kind;
  private final transient Optional<String> pointer;
  private final transient Optional<Duration> retryAfter;

  private Refusal(
      Kind kind, String detail, Optional<String> pointer, Optional<Duration> retryAfter) {
    super(detail);
    this.kind = kind;
    this.pointer = pointer;
    this.retryAfter = retryAfter;
  }

  public Refusal(Kind kind, String detail) {
    this(kind, detail, Optional.empty(), Optional.empty());
  }

  /** A refusal of one member of a JSON body, named by its pointer (RFC 6901). */
  public static Refusal at(Kind kind, String pointer, String detail) {
    return new Refusal(kind, detail, Optional.of(pointer), Optional.empty());
  }

  /** A refusal that ends by itself: the caller may ask again after {@code retryAfter}. */
  public static Refusal until(Kind kind, Duration retryAfter, String detail) {
    return new Refusal(kind, detail, Optional.empty(), Optional.of(retryAfter));
  }

  public Kind kind() {
    return kind;
  }

  /** Safe to show to whoever asked. */
  public String detail() {
    return String.valueOf(getMessage());
  }

  public Optional<String> pointer() {
    return pointer;
  }

  public Optional<Duration> retryAfter() {
    return retryAfter;
  }
}
