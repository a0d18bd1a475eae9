package dev.countersign.client;

import dev.countersign.client.testing.AuthorityDouble;
import dev.countersign.pki.EnrollmentString;
import dev.countersign.pki.testing.MovableClock;
import dev.countersign.pki.testing.TestCa;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** An authority and a folder, for tests. */
final class Scene implements AutoCloseable {
  // TestCa certifies for 30 days, and JSSE does not ask our clock: the present is the only time
  // that suits both.
  final MovableClock clock = new MovableClock(Instant.now().truncatedTo(ChronoUnit.SECONDS));
  final TestCa ca = TestCa.create(clock);
  final AuthorityDouble authority = AuthorityDouble.start(ca, clock);
  final SecureRandom random = new SecureRandom();
  final CredentialFolder folder;

  Scene(Path folder) {
    this.folder = new CredentialFolder(folder, new UnsyncedFiles());
  }

  static Enrollment.Options with(Patience patience) {
    return new Enrollment.Options(Optional.empty(), List.of(), false, Optional.empty(), patience);
  }

  Credential enroll() {
    return enroll(authority.string("orders"), folder, Enrollment.Options.USUAL);
  }

  Credential enroll(EnrollmentString string, CredentialFolder into, Enrollment.Options options) {
    return new Enrollment(clock, random, Notices.NONE).enroll(string, into, options).credential();
  }

  Renewal.Renewed renew(Renewal.Options options) {
    return new Renewal(clock, random, Notices.NONE).renew(folder, options);
  }

  static Renewal.Options forced(boolean sameKey, Renewal.Proof proof) {
    return new Renewal.Options(true, sameKey, Optional.empty(), proof, Patience.DEFAULT);
  }

  /** To these URLs, or the credential's own. */
  OperatorApi api(URI... urls) {
    return OperatorApi.with(
        folder.read(), List.of(urls), Patience.DEFAULT, clock, random, Notices.NONE);
  }

  TrustUpdate.Updated updateTrust() {
    return new TrustUpdate(clock, random, Notices.NONE).update(folder, Patience.DEFAULT);
  }

  @Override
  public void close() {
    authority.close();
  }
}
