package dev.countersign.server.feed;

import dev.countersign.pki.SerialNumber;
import java.util.Optional;

/**
 * Up to where somebody has read what is denied.
 *
 * @param issuer the authority by its name
 * @param serial the last one that was read, of its certificates
 */
record Place(String issuer, SerialNumber serial) {
  private static final SerialNumber LOWEST = SerialNumber.parse("0");

  static Place before(String issuer) {
    return new Place(issuer, LOWEST);
  }

  static Optional<Place> parse(String text) {
    int colon = text.lastIndexOf(':');
    try {
      return colon < 0
          ? Optional.empty()
          : Optional.of(
              new Place(text.substring(0, colon), SerialNumber.parse(text.substring(colon + 1))));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return issuer + ":" + serial;
  }
}
