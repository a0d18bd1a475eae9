package dev.countersign.client.doctor;

import dev.countersign.client.doctor.Ailment.Severity;
import java.util.List;
import java.util.Map;

/**
 * What the doctor says.
 *
 * @param reached whether there was a connection at all
 * @param handshake what came of it, in a sentence
 * @param passed ids of the checks that found nothing
 * @param blind ids of those that could not look, and why
 */
public record Diagnosis(
    String address,
    boolean reached,
    String handshake,
    List<Ailment> ailments,
    List<String> passed,
    Map<String, String> blind) {

  public boolean isIll() {
    return ailments.stream().anyMatch(ailment -> ailment.severity() == Severity.ERROR);
  }
}
