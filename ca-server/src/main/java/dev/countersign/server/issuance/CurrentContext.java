package dev.countersign.server.issuance;

import dev.countersign.pki.Certificate;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.authority.Hierarchy;
import dev.countersign.server.policy.Profile;
import dev.countersign.server.policy.Profiles;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Chains and renewal windows as the hierarchy and the profiles are now. */
public final class CurrentContext implements AnswerContext {
  private final Hierarchy hierarchy;
  private final Profiles profiles;

  public CurrentContext(Hierarchy hierarchy, Profiles profiles) {
    this.hierarchy = hierarchy;
    this.profiles = profiles;
  }

  @Override
  public List<Certificate> chainFrom(String issuer) {
    return hierarchy
        .find(issuer)
        .map(Authority::chain)
        .orElseThrow(() -> new IllegalStateException("No authority is called " + issuer + "."));
  }

  @Override
  public RenewalWindow renewalOf(String profile, Certificate certificate) {
    // A profile that was taken out of the configuration since then lets what it gave run out.
    Profile settings = profiles.find(profile).orElseGet(() -> Profiles.base(profile));
    Instant notBefore = certificate.notBefore();
    Instant notAfter = certificate.notAfter();
    long life = Duration.between(notBefore, notAfter).toSeconds();
    Instant start = notBefore.plusSeconds((long) (settings.renewAfter() * life));
    // Clients choose a moment in the window: its end leaves time to try again.
    Instant end = start.plusSeconds(Duration.between(start, notAfter).toSeconds() / 2);
    return new RenewalWindow(start, end, notAfter.plus(settings.grace()))
        .sliceOf(certificate.serial());
  }
}
