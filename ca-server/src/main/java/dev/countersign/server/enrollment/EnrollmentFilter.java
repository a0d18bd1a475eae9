package dev.countersign.server.enrollment;

import java.util.Optional;

/** Which enrolments; all that is given must match. */
public record EnrollmentFilter(Optional<String> identity, Optional<Enrollment.State> state) {

  public static EnrollmentFilter all() {
    return new EnrollmentFilter(Optional.empty(), Optional.empty());
  }
}
