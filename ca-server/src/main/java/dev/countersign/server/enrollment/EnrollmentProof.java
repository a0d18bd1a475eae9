package dev.countersign.server.enrollment;

import dev.countersign.server.issuance.Proof;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * An enrolment whose key has signed the request. Each key that is certified takes one use; the same
 * key again gets the same certificate and takes none.
 */
public record EnrollmentProof(String id, InstantSource clock) implements Proof {

  @Override
  public String kind() {
    return "enrollment";
  }

  @Override
  public Optional<String> retryKey() {
    return Optional.of("enrollment:" + id);
  }

  @Override
  public void consume(Handle handle, Set<Object> held) {
    Instant now = clock.instant();
    if (EnrollmentStore.takeUse(handle, id, now)) {
      return;
    }
    // Why not: the row cannot change any more under a losing update, so this reads what decided.
    Enrollment enrollment =
        EnrollmentStore.find(handle, id, now)
            .orElseThrow(() -> new Refusal(Kind.NOT_FOUND, "The enrolment is not known."));
    throw refusal(enrollment.state());
  }

  /** The refusal of an enrolment that is not open any more. */
  public static Refusal refusal(Enrollment.State state) {
    return switch (state) {
      case USED, OPEN ->
          new Refusal(
              Kind.ENROLLMENT_USED,
              "This enrolment is used up: ask an operator for a new string. If you have not used"
                  + " it, tell them.");
      case CANCELLED ->
          new Refusal(
              Kind.ENROLLMENT_CANCELLED,
              "This enrolment was cancelled: ask an operator for a new string.");
      case EXPIRED ->
          new Refusal(
              Kind.ENROLLMENT_EXPIRED,
              "This enrolment is expired: ask an operator for a new string.");
    };
  }
}
