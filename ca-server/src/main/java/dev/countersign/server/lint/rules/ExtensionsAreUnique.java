package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.LintRule.require;

import dev.countersign.pki.Oids;
import dev.countersign.server.lint.LintRule;
import dev.countersign.server.lint.LintSubject;
import dev.countersign.server.lint.TbsCertificate.Extension;
import java.util.HashSet;
import java.util.Set;

/** RFC 5280 4.2: an extension at most once, and none critical that relying parties may not know. */
public final class ExtensionsAreUnique implements LintRule {

  private static final Set<String> MAY_BE_CRITICAL =
      Set.of(
          Oids.BASIC_CONSTRAINTS,
          Oids.KEY_USAGE,
          Oids.SUBJECT_ALTERNATIVE_NAME,
          Oids.NAME_CONSTRAINTS,
          Oids.EXTENDED_KEY_USAGE);

  @Override
  public void check(LintSubject subject) {
    Set<String> seen = new HashSet<>();
    for (Extension extension : subject.draft().extensions()) {
      require(seen.add(extension.oid()), "extension " + extension.oid() + " is there twice");
      require(
          !extension.critical() || MAY_BE_CRITICAL.contains(extension.oid()),
          "extension " + extension.oid() + " is critical");
    }
    require(!seen.isEmpty(), "no extensions");
  }
}
