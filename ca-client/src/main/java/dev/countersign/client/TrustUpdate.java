package dev.countersign.client;

import dev.countersign.pki.Certificate;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Brings a folder's trust bundle and revocation lists up to date. A bundle is taken only over a
 * connection that the present one trusts, never goes back in number, and never leaves nothing to
 * trust.
 */
public final class TrustUpdate {
  /** What is in force now, and what of it was not the newest before. */
  public record Updated(Credential credential, boolean trustChanged, boolean crlsChanged) {}

  private static final Duration LOCK_WAIT = Duration.ofSeconds(60);

  private final InstantSource clock;
  private final SecureRandom random;
  private final Notices notices;

  public TrustUpdate(InstantSource clock, SecureRandom random, Notices notices) {
    this.clock = clock;
    this.random = random;
    this.notices = notices;
  }

  /**
   * Whether to ask, as far as can be told without asking: a list is missing or half over, or that
   * of the issuer is older than this.
   */
  public boolean isDue(Credential present, Duration within) {
    RevocationLists lists = present.revocationLists();
    Instant now = clock.instant();
    boolean old =
        lists.asOf(present.certificate()).filter(asOf -> !now.isAfter(asOf.plus(within))).isEmpty();
    return old || present.fullChain().stream().anyMatch(one -> isHalfOver(lists, one, now));
  }

  private static boolean isHalfOver(RevocationLists lists, Certificate of, Instant now) {
    Optional<Instant> from = lists.asOf(of);
    Optional<Instant> until = lists.nextUpdate(of);
    if (from.isEmpty()) {
      return true;
    }
    return until
        .map(end -> from.get().plus(Duration.between(from.get(), end).dividedBy(2)))
        .filter(now::isAfter)
        .isPresent();
  }

  public Updated update(CredentialFolder folder, Patience patience) {
    return update(folder, patience, 0);
  }

  /**
   * The same for who follows the feed.
   *
   * @param denials the number of the newest denial that was heard of, which the folder keeps
   */
  public Updated update(CredentialFolder folder, Patience patience, long denials) {
    FilePermissions permissions = folder.read().info().permissions();
    try (FolderLock lock = folder.lock(LOCK_WAIT, notices, permissions)) {
      Credential present = folder.read();
      CaConnection connection = CaConnection.trusting(present, Optional.empty(), patience, clock);
      TrustBundle offered =
          present
              .info()
              .endpoints()
              .ask(
                  base -> {
                    notices.working("asking " + base + " for the trust bundle");
                    return TrustBundle.of(
                        connection
                            .get(Endpoints.resolve(base, "/v1/trust"), "application/json")
                            .json());
                  },
                  new Retries(patience, random, notices));
      TrustBundle before = TrustBundle.of(present);
      TrustBundle next = before.next(offered, connection.server().root(), clock.instant());
      RevocationLists lists = present.revocationLists();
      RevocationLists newest = new CrlDownload(connection, notices).newest(present, lists);
      boolean trustChanged = next.number() != before.number();
      boolean crlsChanged = newest != lists;
      return trustChanged || crlsChanged || denials > present.info().denials()
          ? new Updated(
              new GenerationWriter(folder, random).refresh(present, next, newest, denials, lock),
              trustChanged,
              crlsChanged)
          : new Updated(present, false, false);
    }
  }
}
