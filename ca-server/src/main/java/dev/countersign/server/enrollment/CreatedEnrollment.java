package dev.countersign.server.enrollment;

import dev.countersign.pki.EnrollmentString;

/** The only moment at which an enrolment and its secret string are together. */
public record CreatedEnrollment(Enrollment enrollment, EnrollmentString string) {}
