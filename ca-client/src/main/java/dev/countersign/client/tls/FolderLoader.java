package dev.countersign.client.tls;

import dev.countersign.client.Credential;
import dev.countersign.client.CredentialFolder;
import dev.countersign.client.DenialState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What the credential folder holds, taken only if all of it is whole and valid. */
final class FolderLoader implements Endpoint.Loader {
  /** What changes with each generation, without reading it. */
  private record Mark(@Nullable Object file, FileTime written) {}

  private final CredentialFolder folder;
  private final InstantSource clock;
  private final ReentrantLock loading = new ReentrantLock();
  private Optional<Mark> loaded = Optional.empty();
  private Optional<KnownDenials> denials = Optional.empty();

  FolderLoader(CredentialFolder folder, InstantSource clock) {
    this.folder = folder;
    this.clock = clock;
  }

  Path path() {
    return folder.path();
  }

  @Override
  public Loaded load(PeerTrust trust, Instant now) {
    loading.lock();
    try {
      Optional<Mark> mark = mark();
      Credential credential = folder.read();
      Generation generation = Generation.of(credential, trust, now);
      return new Loaded(generation, taken(credential, mark));
    } finally {
      loading.unlock();
    }
  }

  /** Whether something is new. What connections are made with is made anew only if that changed. */
  boolean reloadInto(Endpoint endpoint) {
    loading.lock();
    try {
      Optional<Mark> mark = mark();
      if (mark.isPresent() && mark.equals(loaded)) {
        return false;
      }
      Credential credential = folder.read();
      if (endpoint.generation().isMadeOf(credential)) {
        endpoint.install(now -> now.with(credential), taken(credential, mark));
      } else {
        Generation next = Generation.of(credential, endpoint.trust(), clock.instant());
        endpoint.install(now -> next, taken(credential, mark));
      }
      return true;
    } finally {
      loading.unlock();
    }
  }

  /** What the feed has said is in force at once, beside what the folder holds. */
  void heard(DenialState state, boolean changed, Endpoint endpoint) {
    loading.lock();
    try {
      KnownDenials known = denials.orElseThrow().with(state);
      denials = Optional.of(known);
      endpoint.learn(known, changed);
    } finally {
      loading.unlock();
    }
  }

  private KnownDenials taken(Credential credential, Optional<Mark> mark) {
    KnownDenials known = KnownDenials.of(credential, denials);
    denials = Optional.of(known);
    loaded = mark;
    return known;
  }

  /** Read before what it stands for: a change in between is found the next time. */
  private Optional<Mark> mark() {
    try {
      BasicFileAttributes about =
          Files.readAttributes(
              folder.path().resolve(CredentialFolder.INFO), BasicFileAttributes.class);
      return Optional.of(new Mark(about.fileKey(), about.lastModifiedTime()));
    } catch (IOException e) {
      return Optional.empty(); // reading it will say what is wrong
    }
  }
}
