package dev.countersign.client.doctor;

import dev.countersign.client.doctor.Ailment.Severity;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** This machine's clock against that of whoever keeps the revocation lists. */
final class ClockChecks {
  // As much as an authority lets a signed request differ, and far more than NTP leaves
  private static final Duration TOLERATED = Duration.ofMinutes(2);

  private ClockChecks() {}

  /** As a part of a sentence; empty if the clocks agree or nothing was measured. */
  static String said(Evidence evidence) {
    return evidence
        .skew()
        .filter(skew -> skew.abs().compareTo(TOLERATED) > 0)
        .map(skew -> " (" + measured(skew) + ")")
        .orElse("");
  }

  private static String measured(Duration skew) {
    return "this machine's clock is "
        + Spans.of(skew)
        + (skew.isNegative() ? " behind" : " ahead of")
        + " that of the authority";
  }

  static final class Skew extends Check {
    Skew() {
      super("clock-skew", Severity.WARNING);
    }

    @Override
    Optional<String> blind(Evidence evidence) {
      return evidence.skew().isEmpty()
          ? Optional.of("no clock to compare with: no revocation list came from the network")
          : Optional.empty();
    }

    @Override
    List<Ailment> look(Evidence evidence) {
      return evidence
          .skew()
          .filter(skew -> skew.abs().compareTo(TOLERATED) > 0)
          .map(
              skew ->
                  ailment(
                      "As measured when a revocation list was fetched, "
                          + measured(skew)
                          + ": what is in time for one is not for the other.",
                      "timedatectl set-ntp true"))
          .stream()
          .toList();
    }
  }
}
