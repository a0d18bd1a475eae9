package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.LintRule.require;

import dev.countersign.pki.Oids;
import dev.countersign.server.lint.LintRule;
import dev.countersign.server.lint.LintSubject;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraintValidatorException;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PKIXNameConstraintValidator;

/**
 * RFC 5280 6.1.3 (b), (c): what the issuer may not certify is not signed, judged by another
 * implementation than the one that approved it.
 */
public final class NamesAreWithinConstraints implements LintRule {

  @Override
  public void check(LintSubject subject) {
    var constraints = subject.issuer().extension(Oids.NAME_CONSTRAINTS);
    if (!subject.selfSigned() && constraints.isPresent()) {
      Judge.check(constraints.get().value(), subject);
    }
  }

  /** Apart, so that Bouncy Castle is loaded only where there are constraints. */
  private static final class Judge {
    static void check(byte[] constraints, LintSubject subject) {
      try {
        PKIXNameConstraintValidator validator = new PKIXNameConstraintValidator();
        NameConstraints value = NameConstraints.getInstance(constraints);
        GeneralSubtree[] permitted = value.getPermittedSubtrees();
        if (permitted != null) {
          validator.intersectPermittedSubtree(permitted);
        }
        GeneralSubtree[] excluded = value.getExcludedSubtrees();
        if (excluded != null) {
          for (GeneralSubtree subtree : excluded) {
            validator.addExcludedSubtree(subtree);
          }
        }
        X500Name name = X500Name.getInstance(subject.draft().subject());
        validator.checkPermittedDN(name);
        validator.checkExcludedDN(name);
        var names = subject.draft().extension(Oids.SUBJECT_ALTERNATIVE_NAME);
        if (names.isPresent()) {
          for (GeneralName each : GeneralNames.getInstance(names.get().value()).getNames()) {
            validator.checkPermitted(each);
            validator.checkExcluded(each);
          }
        }
      } catch (NameConstraintValidatorException | IllegalArgumentException e) {
        require(false, String.valueOf(e.getMessage()));
      }
    }
  }
}
