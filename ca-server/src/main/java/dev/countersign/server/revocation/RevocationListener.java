package dev.countersign.server.revocation;

import java.util.Set;

/** Is told after the commit, so that CRLs are made at once. Must return soon. */
@FunctionalInterface
public interface RevocationListener {

  /**
   * Makes what depends on it anew.
   *
   * @param issuers names of the authorities whose certificates were revoked, held or released
   */
  void revoked(Set<String> issuers);
}
