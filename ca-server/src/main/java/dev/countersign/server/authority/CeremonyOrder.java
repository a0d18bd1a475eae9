package dev.countersign.server.authority;

import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.Names;
import dev.countersign.pki.SubjectName;

/**
 * What {@code init} is told.
 *
 * @param name stands in the subjects of the CA certificates
 * @param serverNames what this server is called, which its own certificate must be allowed to say
 */
public record CeremonyOrder(
    String name,
    KeyAlgorithm rootKey,
    KeyAlgorithm issuingKey,
    NameConstraints constraints,
    Names serverNames,
    PublicationUrls urls) {

  // "Issuing CA 1" and a space: the common name has at most 64 characters (RFC 5280 A.1,
  // ub-common-name)
  private static final int LONGEST = 64 - 13;

  public CeremonyOrder {
    if (name.isBlank()
        || !name.equals(name.strip())
        || name.length() > LONGEST
        || name.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "The name of a CA has 1 to "
              + LONGEST
              + " characters, none of them a control character.");
    }
    for (SubjectName serverName : serverNames.list()) {
      if (!constraints.permits(serverName)) {
        throw new IllegalArgumentException(
            "The name constraints ("
                + constraints.describe()
                + ") do not allow this server's own name "
                + serverName
                + ": add it with --name-constraint, or choose another --hostname.");
      }
    }
  }
}
