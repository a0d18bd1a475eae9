package dev.countersign.server.issuance;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.CertificateRequest;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.authority.Hierarchy;
import dev.countersign.server.issuance.StepTimer.Step;
import dev.countersign.server.lint.LintedDraft;
import dev.countersign.server.policy.ApprovedRequest;
import dev.countersign.server.policy.Entitlement;
import dev.countersign.server.policy.Entitlement.Standing;
import dev.countersign.server.policy.IssuancePolicy;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * The one path to a signature. Owns the order of the five steps and nothing else: each step lives
 * in its own package. The first, admit, is the doors'.
 */
public final class Issuance {
  private static final int MOST_TIMES = 3;
  // What a caller or an identity of before can be refused for
  private static final Set<Kind> BY_WHAT_IS_REMEMBERED =
      EnumSet.of(
          Kind.IDENTITY_REVOKED,
          Kind.NOT_FOUND,
          Kind.FORBIDDEN,
          Kind.NOT_ALLOWED,
          Kind.CERTIFICATE_REVOKED);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final CertificateStore certificates;
  private final IssuancePolicy policy;
  private final Drafting drafting;
  private final Hierarchy hierarchy;
  private final InstantSource clock;
  private final StepTimer timer;
  private final Executor workers;

  /**
   * @param workers decide anew what was found otherwise when it was recorded: not the threads that
   *     answer, which others wait for
   */
  public Issuance(
      CertificateStore certificates,
      IssuancePolicy policy,
      Drafting drafting,
      Hierarchy hierarchy,
      InstantSource clock,
      StepTimer timer,
      Executor workers) {
    this.certificates = certificates;
    this.policy = policy;
    this.drafting = drafting;
    this.hierarchy = hierarchy;
    this.clock = clock;
    this.timer = timer;
    this.workers = workers;
  }

  /** The step "admit", which the doors do; here only so that it is measured like the others. */
  public Admitted admitted(Supplier<Applicant> door) {
    return new Admitted(timer.time(Step.ADMIT, door), false, door);
  }

  /**
   * The same, by what is remembered. Nothing is recorded by a memory that is not true any more,
   * because recording looks again at all that was remembered; and when it refuses, or policy does,
   * the door is asked.
   */
  public Admitted admitted(Supplier<Applicant> memory, Supplier<Applicant> door) {
    return new Admitted(timer.time(Step.ADMIT, memory), true, door);
  }

  /**
   * Issues one certificate, or returns the one that the same proof and key got before. All is
   * decided anew, from the door on, when the identity was changed before it could be recorded.
   *
   * @return completes when the certificate is durable; fails with a {@link
   *     dev.countersign.server.refusal.Refusal} when policy or the proof says no, and nothing is
   *     stored then
   */
  public CompletableFuture<RecordedCertificate> issue(
      Admitted admitted, CertificateRequest request) {
    return attempt(admitted, request)
        .exceptionallyComposeAsync(
            thrown -> issueAnew(admitted, request, thrown, MOST_TIMES - 1), workers);
  }

  private static boolean mayBeOtherwiseNow(Throwable cause, boolean byMemory) {
    return cause instanceof IdentityChangedException
        || (byMemory
            && cause instanceof Refusal refusal
            && BY_WHAT_IS_REMEMBERED.contains(refusal.kind()));
  }

  private CompletableFuture<RecordedCertificate> issueAnew(
      Admitted admitted, CertificateRequest request, Throwable thrown, int timesLeft) {
    Throwable inner = thrown.getCause();
    Throwable cause = thrown instanceof CompletionException && inner != null ? inner : thrown;
    if (!mayBeOtherwiseNow(cause, admitted.byMemory())) {
      return refused(cause, admitted, request);
    }
    if (timesLeft == 0) {
      throw Refusal.until(
          Kind.UNAVAILABLE,
          RETRY_AFTER,
          "The identity "
              + admitted.applicant().identity().name()
              + " was changed each time while this was decided; nothing was issued: ask again.");
    }
    Admitted anew = admitted(admitted.door());
    return attempt(anew, request)
        .exceptionallyComposeAsync(
            again -> issueAnew(anew, request, again, timesLeft - 1), workers);
  }

  private CompletableFuture<RecordedCertificate> attempt(
      Admitted admitted, CertificateRequest request) {
    Applicant applicant = admitted.applicant();
    try {
      RequestDigest digest = RequestDigest.of(request);
      Authority issuer = hierarchy.issuing();
      ApprovedRequest approved =
          timer.time(
              Step.APPROVE,
              () -> policy.approve(entitlement(applicant), request, issuer, clock.instant()));
      LintedDraft draft = timer.time(Step.DRAFT, () -> drafting.draft(approved, issuer));
      Certificate certificate = timer.time(Step.SIGN, () -> issuer.sign(draft));
      SignedCertificate signed = new SignedCertificate(issuer.name(), certificate, digest);
      return timer
          .timeLater(Step.RECORD, () -> certificates.record(signed, applicant))
          .thenCompose(recorded -> released(recorded, certificate, admitted));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * What was recorded, which is a twin's where this is a retry, perhaps from another node. Then
   * nothing was recorded now that would have looked again at what is only remembered.
   */
  private CompletableFuture<RecordedCertificate> released(
      RecordedCertificate recorded, Certificate signed, Admitted admitted) {
    if (!admitted.byMemory() || recorded.certificate().serial().equals(signed.serial())) {
      return CompletableFuture.completedFuture(recorded);
    }
    return CompletableFuture.supplyAsync(
        () -> {
          timer.time(Step.ADMIT, admitted.door());
          return recorded;
        },
        workers);
  }

  /**
   * A refusal, unless this is a retry: what was issued before is given again, whatever would be
   * decided today. Asked only now, because most requests are none.
   */
  private CompletableFuture<RecordedCertificate> refused(
      Throwable cause, Admitted admitted, CertificateRequest request) {
    if (cause instanceof Refusal) {
      Optional<RecordedCertificate> before =
          certificates.issuedFor(admitted.applicant(), RequestDigest.of(request));
      if (before.isPresent()) {
        if (admitted.byMemory()) {
          timer.time(Step.ADMIT, admitted.door());
        }
        return CompletableFuture.completedFuture(before.get());
      }
    }
    return CompletableFuture.failedFuture(cause);
  }

  private static Entitlement entitlement(Applicant applicant) {
    Standing standing =
        applicant.proof() instanceof SystemProof
            ? Standing.SELF
            : applicant.identity().role().isPresent() ? Standing.OPERATOR : Standing.PLAIN;
    return new Entitlement(
        applicant.identity().name(),
        applicant.identity().names(),
        standing,
        applicant.profile(),
        applicant.names(),
        applicant.lifetime());
  }
}
