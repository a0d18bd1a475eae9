package dev.countersign.client.tls;

import dev.countersign.client.Credential;
import dev.countersign.client.CredentialFolder;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What the credential folder holds, taken only if all of it is whole and valid. */
final class FolderLoader implements Endpoint.Loader {
  private final CredentialFolder folder;
  private final InstantSource clock;
  private final ReentrantLock loading = new ReentrantLock();
  private @Nullable ListedDenials denials;

  FolderLoader(CredentialFolder folder, InstantSource clock) {
    this.folder = folder;
    this.clock = clock;
  }

  @Override
  public Loaded load(PeerTrust trust, Instant now) {
    loading.lock();
    try {
      Credential credential = folder.read();
      Generation generation = Generation.of(credential, trust, now);
      return new Loaded(generation, learn(credential));
    } finally {
      loading.unlock();
    }
  }

  /**
   * Whether something is new. What connections are made with is made anew only if that has changed.
   */
  boolean reloadInto(Endpoint endpoint) {
    loading.lock();
    try {
      Credential credential = folder.read();
      Generation present = endpoint.generation();
      if (credential.generation() == present.credential().generation()
          && credential.certificate().equals(present.credential().certificate())) {
        return false;
      }
      if (present.isMadeOf(credential)) {
        endpoint.install(now -> now.with(credential), learn(credential));
      } else {
        Generation next = Generation.of(credential, endpoint.trust(), clock.instant());
        endpoint.install(now -> next, learn(credential));
      }
      return true;
    } finally {
      loading.unlock();
    }
  }

  private ListedDenials learn(Credential credential) {
    denials = ListedDenials.of(credential, Optional.ofNullable(denials));
    return denials;
  }
}
