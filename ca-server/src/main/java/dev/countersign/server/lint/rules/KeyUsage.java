package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.LintRule.require;

import dev.countersign.pki.DerReader;
import dev.countersign.pki.MalformedDerException;
import dev.countersign.pki.Oids;
import dev.countersign.server.lint.LintRule;
import dev.countersign.server.lint.LintSubject;

/**
 * RFC 5280 4.2.1.3: critical, not empty, in the shortest form of a named bit list; certificate and
 * CRL signing for CAs, and for them alone.
 */
public final class KeyUsage implements LintRule {

  static final int KEY_CERT_SIGN = 1 << 5;
  static final int CRL_SIGN = 1 << 6;

  @Override
  public void check(LintSubject subject) throws MalformedDerException {
    var extension = subject.draft().extension(Oids.KEY_USAGE);
    require(extension.isPresent(), "absent");
    require(extension.get().critical(), "not critical");
    int bits = bits(extension.get().value());
    require(bits != 0, "no usage at all");
    int signing = bits & (KEY_CERT_SIGN | CRL_SIGN);
    if (subject.isCa()) {
      require(signing == (KEY_CERT_SIGN | CRL_SIGN), "a CA without keyCertSign or cRLSign");
    } else {
      require(signing == 0, "keyCertSign or cRLSign for no CA");
    }
  }

  /** Bit i of the result is the named bit i. */
  static int bits(byte[] value) throws MalformedDerException {
    DerReader whole = DerReader.of(value);
    byte[] content = whole.content(DerReader.BIT_STRING);
    whole.end();
    require(content.length >= 1 && content.length <= 3, "a bit list of no length or too long");
    int bits = 0;
    for (int i = 0; i < 8 * (content.length - 1); i++) {
      if ((content[1 + i / 8] & 0x80 >>> i % 8) != 0) {
        bits |= 1 << i;
      }
    }
    // X.690 11.2.2: trailing zero bits of a named bit list are left out
    int expected = 32 - Integer.numberOfLeadingZeros(bits);
    require(8 * (content.length - 1) - content[0] == expected, "trailing zero bits");
    return bits;
  }
}
