package dev.countersign.pki;

import dev.countersign.pki.InvalidRequestException.Fault;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** The distinguished name of a request: read for its common name, but checked as a whole. */
final class SubjectDn {
  // RFC 5280 appendix A.1: ub-common-name
  private static final int LONGEST_COMMON_NAME = 64;
  private static final int MOST_RDNS = 32;

  private SubjectDn() {}

  /** Reads a Name whose SEQUENCE has been entered. */
  static Optional<String> commonName(DerReader name)
      throws InvalidRequestException, MalformedDerException {
    Optional<String> commonName = Optional.empty();
    for (int count = 0; !name.atEnd(); count++) {
      if (count == MOST_RDNS) {
        throw refused("a subject of more than " + MOST_RDNS + " parts");
      }
      DerReader rdn = name.set();
      if (rdn.atEnd()) {
        throw refused("a subject with an empty part");
      }
      Set<String> types = new HashSet<>();
      while (!rdn.atEnd()) {
        DerReader attribute = rdn.sequence();
        String type = attribute.oid();
        String value = value(attribute, type);
        attribute.end();
        if (!types.add(type)) {
          throw refused("a subject with one attribute twice in one part");
        }
        if (type.equals(Oids.COMMON_NAME)) {
          if (commonName.isPresent()) {
            throw refused("a subject with two common names");
          }
          commonName = Optional.of(checkedCommonName(value));
        }
      }
    }
    return commonName;
  }

  /** Writes a Name with the common name alone, or an empty one. */
  static void write(DerWriter writer, Optional<String> commonName) {
    int name = writer.mark();
    if (commonName.isPresent()) {
      writer.utf8(commonName.get()).oid(Oids.COMMON_NAME).sequence(name).set(name);
    }
    writer.sequence(name);
  }

  private static String value(DerReader attribute, String type) throws InvalidRequestException {
    String value;
    try {
      value = attribute.string();
    } catch (MalformedDerException e) {
      throw refused(
          "the subject attribute " + type + " is not a character string: " + e.getMessage());
    }
    if (value.chars().anyMatch(Character::isISOControl)) {
      throw refused("the subject attribute " + type + " has a control character");
    }
    return value;
  }

  private static String checkedCommonName(String value) throws InvalidRequestException {
    if (value.isBlank() || value.codePointCount(0, value.length()) > LONGEST_COMMON_NAME) {
      throw refused("a common name that is empty or has more than 64 characters");
    }
    if (!value.strip().equals(value) || value.codePoints().anyMatch(SubjectDn::isInvisible)) {
      throw refused("a common name with outer blanks or invisible characters");
    }
    return value;
  }

  /** Characters that make a name look like another one: direction marks, joiners, private use. */
  private static boolean isInvisible(int codePoint) {
    int type = Character.getType(codePoint);
    return type == Character.FORMAT
        || type == Character.PRIVATE_USE
        || type == Character.SURROGATE
        || type == Character.UNASSIGNED
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR;
  }

  private static InvalidRequestException refused(String why) {
    return new InvalidRequestException(Fault.BAD_NAME, why);
  }
}
