package dev.countersign.server.authority;

import dev.countersign.pki.Certificate;
import java.util.List;

/** The numbered set of roots that clients trust; a change of the set has a new, greater number. */
public record TrustBundle(long number, List<Certificate> roots) {
  public TrustBundle {
    roots = List.copyOf(roots);
    if (number < 1 || roots.isEmpty()) {
      throw new IllegalArgumentException("A trust bundle has a positive number and a root.");
    }
  }
}
