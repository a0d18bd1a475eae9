package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.LintRule.require;

import dev.countersign.server.lint.LintRule;
import dev.countersign.server.lint.LintSubject;

/**
 * RFC 5280 4.1.2.2: positive and at most 20 octets; CA/B Forum BR 7.1: at least 64 random bits,
 * which a serial of fewer than 16 octets or with a long run of zeros does not show.
 */
public final class SerialNumberIsRandom implements LintRule {

  @Override
  public void check(LintSubject subject) {
    byte[] serial = subject.draft().serial();
    require(serial.length <= 20, "a serial of " + serial.length + " octets");
    require(serial.length > 0 && serial[0] >= 0, "a serial that is not positive");
    require(serial.length >= 16, "a serial of only " + serial.length + " octets");
    require(serial[0] != 0 || serial[1] < 0, "a serial that is padded with zeros");
    int run = 0;
    for (byte octet : serial) {
      run = octet == 0 ? run + 1 : 0;
      require(run < 8, "a serial with 64 zero bits in a row"); // by chance once in 2^60
    }
  }
}
