package dev.countersign.server.policy;

import dev.countersign.pki.Names;
import dev.countersign.pki.SubjectKey;
import java.time.Instant;
import java.util.List;

/** What policy has granted, to the last second. Only {@link IssuancePolicy} makes one. */
public final class ApprovedRequest {

  /** Inclusive of both ends (RFC 5280 4.1.2.5). */
  public record Validity(Instant notBefore, Instant notAfter) {}

  private final String identity;
  private final Profile profile;
  private final SubjectKey key;
  private final Names names;
  private final Validity validity;
  private final List<RequestedExtension> copied;

  ApprovedRequest(
      String identity,
      Profile profile,
      SubjectKey key,
      Names names,
      Validity validity,
      List<RequestedExtension> copied) {
    this.identity = identity;
    this.profile = profile;
    this.key = key;
    this.names = names;
    this.validity = validity;
    this.copied = List.copyOf(copied);
  }

  public String identity() {
    return identity;
  }

  public Profile profile() {
    return profile;
  }

  public SubjectKey key() {
    return key;
  }

  public Names names() {
    return names;
  }

  public Validity validity() {
    return validity;
  }

  /** Extensions that the profile copies from the request; never critical. */
  public List<RequestedExtension> copied() {
    return copied;
  }
}
