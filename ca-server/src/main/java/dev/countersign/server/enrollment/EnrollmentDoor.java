package dev.countersign.server.enrollment;

import dev.countersign.pki.FlattenedJws;
import dev.countersign.server.access.SignedRequests;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.issuance.Applicant;
import dev.countersign.server.ledger.Actor;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;

/**
 * Admits whoever signs with the key of an enrolment. Until the signature is checked, an unknown
 * enrolment and a wrong signature are the same in text and work, so that ids cannot be tried out;
 * after it, each reason has its own answer. Whether uses are left is decided where the certificate
 * is recorded, so that a repeated request still gets its certificate.
 */
public final class EnrollmentDoor {
  public static final String PATH = "/v1/enroll";

  // RFC 8032 7.1, test 1: a key for which nobody here has the private half
  private static final byte[] NOBODYS_KEY =
      java.util.HexFormat.of()
          .parseHex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");

  private final Enrollments enrollments;
  private final SignedRequests requests;
  private final InstantSource clock;

  public EnrollmentDoor(Enrollments enrollments, SignedRequests requests, InstantSource clock) {
    this.enrollments = enrollments;
    this.requests = requests;
    this.clock = clock;
  }

  /**
   * Admits the holder of a string.
   *
   * @param identities looks one up
   * @throws Refusal when the request is not signed by the key of an enrolment that is open
   */
  public Applicant admit(
      FlattenedJws jws, String remoteAddress, Function<String, Optional<Identity>> identities) {
    String id = jws.headerText("kid");
    Optional<Enrollment> found = id.length() > 64 ? Optional.empty() : enrollments.find(id);
    boolean signed = jws.verify(found.map(Enrollment::publicKey).orElse(NOBODYS_KEY));
    if (found.isEmpty() || !signed) {
      throw new Refusal(
          Kind.NOT_FOUND,
          "No enrolment with this id has signed this request: check that the whole string was"
              + " copied, or ask an operator for a new one.");
    }
    requests.check(jws, PATH);
    Enrollment enrollment = found.get();
    switch (enrollment.state()) {
      case EXPIRED, CANCELLED -> throw EnrollmentProof.refusal(enrollment.state());
      case OPEN, USED -> {
        // The record decides.
      }
    }
    Identity identity =
        identities
            .apply(enrollment.identity())
            .orElseThrow(() -> new IllegalStateException("no identity " + enrollment.identity()));
    if (!identity.isActive()) {
      throw new Refusal(
          Kind.IDENTITY_REVOKED,
          "The identity " + identity.name() + " is revoked; an operator can restore it.");
    }
    return new Applicant(
        identity,
        enrollment.profile(),
        new EnrollmentProof(id, clock),
        Actor.enrollment(id, remoteAddress),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
