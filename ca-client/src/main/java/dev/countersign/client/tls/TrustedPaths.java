package dev.countersign.client.tls;

import dev.countersign.client.PathCheck;
import dev.countersign.client.PathCheck.BrokenPathException;
import dev.countersign.pki.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Paths to the roots of one bundle. Those that hold are remembered, so that their signatures are
 * verified once, not in each handshake; whether they are in time is asked each time.
 */
final class TrustedPaths {
  private static final int MOST = 4096; // some 20 MB with three certificates each

  /** A path with the time in which all of it is valid. */
  private record Known(PathCheck.Path path, Instant from, Instant until) {
    static Known of(PathCheck.Path path) {
      return new Known(path, path.notBefore(), path.notAfter());
    }

    boolean holdsAt(Instant now) {
      return !now.isBefore(from) && !now.isAfter(until);
    }
  }

  private final List<Certificate> roots;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<List<X509Certificate>, Known> known =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<List<X509Certificate>, Known> eldest) {
          return size() > MOST;
        }
      };

  TrustedPaths(List<Certificate> roots) {
    this.roots = List.copyOf(roots);
  }

  List<Certificate> roots() {
    return roots;
  }

  /**
   * @param shown as in a handshake: the peer's own certificate first
   */
  PathCheck.Path of(List<X509Certificate> shown, Instant now) throws BrokenPathException {
    Known hit = find(shown);
    if (hit != null && hit.holdsAt(now)) {
      return hit.path();
    }
    List<Certificate> certificates = new ArrayList<>();
    for (X509Certificate certificate : shown) {
      certificates.add(Certificate.of(certificate));
    }
    PathCheck.Path path = PathCheck.path(certificates.get(0), certificates, roots, now);
    remember(shown, certificates, path);
    return path;
  }

  /** Not with anything beside the path: a peer that shows more and more would fill the memory. */
  private void remember(
      List<X509Certificate> shown, List<Certificate> certificates, PathCheck.Path path) {
    for (Certificate certificate : certificates) {
      if (!path.certificates().contains(certificate) && !path.root().equals(certificate)) {
        return;
      }
    }
    lock.lock();
    try {
      known.put(List.copyOf(shown), Known.of(path));
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Known find(List<X509Certificate> shown) {
    lock.lock();
    try {
      return known.get(shown);
    } finally {
      lock.unlock();
    }
  }
}
