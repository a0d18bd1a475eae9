package dev.countersign.client;

import dev.countersign.pki.Certificate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Brings a folder's trust bundle up to date. A bundle is taken only over a connection that the
 * present one trusts, never goes back in number, and never leaves nothing to trust.
 */
public final class TrustUpdate {
  /** {@code changed} is false when the bundle was already the newest. */
  public record Updated(Credential credential, boolean changed) {}

  private static final Duration LOCK_WAIT = Duration.ofSeconds(60);

  private final InstantSource clock;
  private final SecureRandom random;
  private final Notices notices;

  public TrustUpdate(InstantSource clock, SecureRandom random, Notices notices) {
    this.clock = clock;
    this.random = random;
    this.notices = notices;
  }

  public Updated update(CredentialFolder folder, Patience patience) {
    FilePermissions permissions = folder.read().info().permissions();
    try (FolderLock lock = folder.lock(LOCK_WAIT, notices, permissions)) {
      Credential present = folder.read();
      CaConnection connection =
          CaConnection.trusting(present.roots(), Optional.empty(), patience, clock);
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
                  });
      TrustBundle before = new TrustBundle(present.info().trustBundle(), present.roots());
      Certificate server = connection.serverRoot().orElseThrow(IllegalStateException::new);
      TrustBundle next = before.next(offered, server, clock.instant());
      if (next.number() == before.number()) {
        return new Updated(present, false);
      }
      return new Updated(write(present, next, folder, lock), true);
    }
  }

  private Credential write(
      Credential present, TrustBundle trust, CredentialFolder folder, FolderLock lock) {
    Path crl = present.folder().resolve(CredentialFolder.CRL);
    String crls;
    try {
      crls = Files.readString(crl, StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw LocalFiles.failure("read the revocation lists", crl, e);
    }
    KeyPair key = new KeyPair(present.certificate().x509().getPublicKey(), present.privateKey());
    return new GenerationWriter(folder, random)
        .write(
            new GenerationWriter.Content(
                key,
                present.certificate(),
                present.chain(),
                trust.roots(),
                crls,
                present.info().withTrustBundle(trust.number())),
            lock);
  }
}
