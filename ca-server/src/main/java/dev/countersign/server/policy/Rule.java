package dev.countersign.server.policy;

import dev.countersign.server.refusal.Refusal;

/** One reason to refuse. A rule grants nothing: what no rule refuses is granted. */
public interface Rule {

  /**
   * Looks at one thing.
   *
   * @throws Refusal with a sentence that names what was refused and says what would be granted
   */
  void check(Claim claim);
}
