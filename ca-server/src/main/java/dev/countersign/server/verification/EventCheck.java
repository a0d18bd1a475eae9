package dev.countersign.server.verification;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.countersign.pki.Json;
import dev.countersign.server.verification.VerificationStore.EventRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What has to hold of one row of the ledger. */
final class EventCheck {
  private static final TypeReference<Map<String, String>> DETAILS = new TypeReference<>() {};

  private EventCheck() {}

  /**
   * What is wrong.
   *
   * @param found whether the certificate that it is about is there, or may be gone
   */
  static List<String> complaints(EventRow row, boolean found) {
    List<String> complaints = new ArrayList<>();
    if (row.action().startsWith("certificate.") && row.serial() != null && !found) {
      complaints.add(
          "it says " + row.action() + " of " + row.serial() + ", and there is no such certificate");
    }
    try {
      Json.MAPPER.readValue(row.details(), DETAILS);
    } catch (JsonProcessingException e) {
      complaints.add("its details are not what was written");
    }
    return complaints;
  }
}
