package dev.countersign.server.ledger;

import java.util.Optional;

/**
 * Who did it.
 *
 * @param name the operator's identity, the enrolment's id, the certificate's serial, or the part of
 *     the server
 * @param remoteAddress from where; empty for the server itself
 */
public record Actor(Kind kind, String name, Optional<String> remoteAddress) {

  /** By what the actor was known. */
  public enum Kind {
    OPERATOR("operator"),
    ENROLLMENT("enrollment"),
    CERTIFICATE("certificate"),
    SYSTEM("system");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    public String label() {
      return label;
    }

    static Kind parse(String label) {
      for (Kind kind : values()) {
        if (kind.label.equals(label)) {
          return kind;
        }
      }
      throw new IllegalArgumentException("no kind of actor: " + label);
    }
  }

  public static Actor operator(String identity, String remoteAddress) {
    return new Actor(Kind.OPERATOR, identity, Optional.of(remoteAddress));
  }

  public static Actor enrollment(String id, String remoteAddress) {
    return new Actor(Kind.ENROLLMENT, id, Optional.of(remoteAddress));
  }

  public static Actor certificate(String serial, String remoteAddress) {
    return new Actor(Kind.CERTIFICATE, serial, Optional.of(remoteAddress));
  }

  public static Actor system(String part) {
    return new Actor(Kind.SYSTEM, part, Optional.empty());
  }
}
