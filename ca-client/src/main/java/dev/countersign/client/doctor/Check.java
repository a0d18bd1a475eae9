package dev.countersign.client.doctor;

import dev.countersign.client.doctor.Ailment.Severity;
import dev.countersign.pki.Certificate;
import java.util.List;
import java.util.Optional;

/** Looks at the evidence for one thing that may be wrong. */
abstract class Check {
  private final String id;
  private final Severity severity;

  Check(String id, Severity severity) {
    this.id = id;
    this.severity = severity;
  }

  /** Stable: scripts and the page of the manual go by it. */
  final String id() {
    return id;
  }

  /** Why this cannot be judged by the evidence at hand; empty if it can. */
  Optional<String> blind(Evidence evidence) {
    return Optional.empty();
  }

  abstract List<Ailment> look(Evidence evidence);

  final Ailment refusal(Party by, Certificate certificate, String sentence, String mend) {
    return new Ailment(id, severity, Optional.of(by), Optional.of(certificate), sentence, mend);
  }

  final Ailment about(Certificate certificate, String sentence, String mend) {
    return new Ailment(id, severity, Optional.empty(), Optional.of(certificate), sentence, mend);
  }

  final Ailment ailment(String sentence, String mend) {
    return new Ailment(id, severity, Optional.empty(), Optional.empty(), sentence, mend);
  }
}
