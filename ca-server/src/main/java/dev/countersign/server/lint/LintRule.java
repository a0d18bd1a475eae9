package dev.countersign.server.lint;

import dev.countersign.pki.MalformedDerException;

/**
 * One demand on a certificate to be. The class name says what must hold; the clause stands in its
 * comment.
 */
public interface LintRule {

  /**
   * Looks at one thing.
   *
   * @throws LintFailure with what is wrong
   * @throws MalformedDerException when the part that the rule looks at cannot be read
   */
  void check(LintSubject subject) throws MalformedDerException;

  /** What a rule throws, to be named after the rule by the {@link Linter}. */
  static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new LintFailure(otherwise);
    }
  }
}
