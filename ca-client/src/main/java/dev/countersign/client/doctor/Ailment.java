package dev.countersign.client.doctor;

import dev.countersign.client.Printable;
import dev.countersign.pki.Certificate;
import java.util.Locale;
import java.util.Optional;

/**
 * Something that is wrong.
 *
 * @param check the id of what found it, which is also its section in {@code docs/doctor.md}
 * @param refuses the side that refuses the other because of it, if one does
 * @param certificate that it is about, if it is about one
 * @param sentence what is wrong
 * @param mend what to do, with the command where there is one
 */
public record Ailment(
    String check,
    Severity severity,
    Optional<Party> refuses,
    Optional<Certificate> certificate,
    String sentence,
    String mend) {

  /** How bad it is. */
  public enum Severity {
    /** The two do not come together, or somebody comes in who must not. */
    ERROR,
    /** It works now, and will not for long or not for all. */
    WARNING,
    /** Worth knowing. */
    NOTE;

    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Ailment {
    sentence = Printable.line(sentence);
    mend = Printable.line(mend);
  }
}
