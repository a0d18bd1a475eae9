package dev.countersign.client;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the REST interface says about its nouns, member for member as {@code openapi.yaml} has it.
 */
public final class Answers {
  private Answers() {}

  /** One page of a list; {@code next} is absent at the end. */
  public record Page<T>(List<T> items, Optional<String> next) {}

  /** All of a short list. */
  public record All<T>(List<T> items) {}

  /** Subject alternative names by kind; a kind without names may be absent. */
  public record NameLists(
      Optional<List<String>> dns,
      Optional<List<String>> ip,
      Optional<List<String>> uri,
      Optional<List<String>> email) {
    public static NameLists of(
        List<String> dns, List<String> ip, List<String> uri, List<String> email) {
      return new NameLists(some(dns), some(ip), some(uri), some(email));
    }

    private static Optional<List<String>> some(List<String> names) {
      return names.isEmpty() ? Optional.empty() : Optional.of(List.copyOf(names));
    }

    public List<String> all() {
      List<String> all = new java.util.ArrayList<>();
      dns.ifPresent(all::addAll);
      ip.ifPresent(all::addAll);
      uri.ifPresent(all::addAll);
      email.ifPresent(all::addAll);
      return all;
    }
  }

  public record Identity(
      String name,
      String profile,
      Optional<String> role,
      Optional<String> owner,
      NameLists names,
      String state,
      Instant createdAt,
      Optional<Instant> revokedAt,
      Optional<String> revocationReason,
      Optional<Boolean> changed) {}

  public record NewIdentity(
      String name,
      Optional<String> profile,
      Optional<String> role,
      Optional<String> owner,
      Optional<NameLists> names) {}

  /** What is absent stays as it is. */
  public record IdentityChange(
      Optional<String> profile,
      Optional<String> role,
      Optional<String> owner,
      Optional<NameLists> names) {}

  public record IdentityRevocation(
      String identity,
      String reason,
      Instant revokedAt,
      List<String> revoked,
      List<String> cancelledEnrollments,
      Optional<Long> denials,
      boolean changed) {}

  public record Enrollment(
      String id,
      String identity,
      String profile,
      String state,
      Instant createdAt,
      Instant expiresAt,
      int uses,
      int usesLeft,
      Optional<Instant> cancelledAt,
      String createdBy,
      Optional<Boolean> changed) {}

  public record NewEnrollment(
      String identity, Optional<String> profile, Optional<String> ttl, Optional<Integer> uses) {}

  /** {@code string} is a secret and is shown once. */
  public record CreatedEnrollment(Enrollment enrollment, String string) {
    @Override
    public String toString() {
      return "CreatedEnrollment[" + enrollment + "]";
    }
  }

  public record IssueRequest(
      String csr,
      String identity,
      Optional<String> profile,
      Optional<NameLists> names,
      Optional<String> lifetime) {}

  public record Issued(
      String serial,
      String identity,
      String profile,
      NameLists names,
      Instant notBefore,
      Instant notAfter,
      String certificate,
      String chain) {}

  public record CertificateSummary(
      String serial,
      String identity,
      String profile,
      String issuer,
      NameLists names,
      Instant notBefore,
      Instant notAfter,
      String status,
      String keyHash,
      Optional<Instant> revokedAt,
      Optional<String> revocationReason) {}

  public record ProofUsed(String kind, String id) {}

  public record Certificate(
      String serial,
      String identity,
      String profile,
      String issuer,
      String subject,
      NameLists names,
      Instant notBefore,
      Instant notAfter,
      String status,
      String keyHash,
      Optional<Instant> revokedAt,
      Optional<String> revocationReason,
      Optional<Instant> invalidityDate,
      Optional<Boolean> changed,
      Instant issuedAt,
      ProofUsed proof,
      String requestedBy,
      Optional<String> remoteAddress,
      Optional<String> previous,
      List<String> lineage,
      Optional<Loaded> loaded,
      String certificate) {}

  public record RevokeRequest(String reason, Optional<Instant> invalidityDate) {}

  public record Revocation(
      String serial,
      String reason,
      Instant revokedAt,
      List<String> revoked,
      Optional<Long> denials,
      boolean changed) {}

  /** Who has not said that it knows of a denial; what is absent was never heard. */
  public record Unaware(
      String serial,
      String identity,
      Instant notAfter,
      Optional<Instant> seenAt,
      Optional<Long> denials,
      Optional<Long> trustBundle,
      Optional<String> version,
      Optional<Instant> exposedUntil) {}

  public record Loaded(
      Instant seenAt, long denials, Optional<Long> trustBundle, Optional<String> version) {}

  /** One of the first three. */
  public record RenewalCallRequest(
      Optional<String> certificate,
      Optional<String> identity,
      Optional<String> issuer,
      Optional<String> within) {}

  public record RenewalCall(String kind, String name, Instant calledAt, String within) {}

  public record Profile(
      String name,
      List<String> keyUsage,
      List<String> extendedKeyUsage,
      List<String> keyAlgorithms,
      String defaultLifetime,
      String maximumLifetime,
      List<String> nameKinds,
      boolean spiffeId,
      double renewAfter,
      String grace,
      List<String> copiedExtensions) {}

  public record Authority(
      String name,
      String kind,
      String state,
      String subject,
      String serial,
      String keyAlgorithm,
      Instant notBefore,
      Instant notAfter,
      String pin,
      Optional<Instant> revokedAt,
      Optional<String> revocationReason,
      boolean keyPresent,
      Optional<Long> crlNumber,
      String certificate) {}

  public record EventActor(String kind, String name, Optional<String> remoteAddress) {}

  public record Event(
      long sequence,
      Instant at,
      String action,
      EventActor actor,
      Optional<String> identity,
      Optional<String> serial,
      Map<String, String> details) {}

  public record EventPage(List<Event> items, Optional<Long> next) {}
}
