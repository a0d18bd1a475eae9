package dev.countersign.server.lint;

import dev.countersign.pki.Certificate;
import java.util.Arrays;
import java.util.Optional;

/** The bytes of a certificate to be, which passed every lint: the only thing an authority signs. */
public final class LintedDraft {
  private final byte[] tbs;
  private final Optional<byte[]> issuer;

  LintedDraft(byte[] tbs, Optional<byte[]> issuer) {
    this.tbs = tbs;
    this.issuer = issuer;
  }

  /** The TBSCertificate; not to be changed. */
  public byte[] tbs() {
    return tbs;
  }

  /** Whether the draft was linted against this issuer's certificate. */
  public boolean isFor(Certificate certificate) {
    return issuer.isPresent() && Arrays.equals(issuer.get(), certificate.encoded());
  }

  /** A root's, which is signed with the key that it certifies. */
  public boolean isSelfSigned() {
    return issuer.isEmpty();
  }
}
