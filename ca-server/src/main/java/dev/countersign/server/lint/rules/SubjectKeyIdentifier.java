package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.LintRule.require;

import dev.countersign.pki.DerReader;
import dev.countersign.pki.MalformedDerException;
import dev.countersign.pki.Oids;
import dev.countersign.server.lint.LintRule;
import dev.countersign.server.lint.LintSubject;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** RFC 5280 4.2.1.2 (1): there, not critical, and the SHA-1 of the subject's key bits. */
public final class SubjectKeyIdentifier implements LintRule {

  @Override
  public void check(LintSubject subject) throws MalformedDerException {
    var extension = subject.draft().extension(Oids.SUBJECT_KEY_IDENTIFIER);
    require(extension.isPresent(), "absent");
    require(!extension.get().critical(), "critical");
    DerReader whole = extension.get().reader();
    byte[] identifier = whole.octetString();
    whole.end();
    require(
        Arrays.equals(identifier, sha1(subject.draft().publicKeyBits())),
        "not the hash of the key");
  }

  private static byte[] sha1(byte[] bits) {
    try {
      return MessageDigest.getInstance("SHA-1").digest(bits);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-1", e);
    }
  }
}
