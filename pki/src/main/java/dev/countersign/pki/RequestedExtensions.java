package dev.countersign.pki;

import dev.countersign.pki.InvalidRequestException.Fault;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a request asks for beyond subject and key: the one extension request among its attributes.
 */
record RequestedExtensions(Names names, boolean asksForCa, List<String> others) {
  private static final RequestedExtensions NONE =
      new RequestedExtensions(Names.none(), false, List.of());
  private static final int MOST = 64;

  /** Reads the attributes of a request, whose [0] has been entered. */
  static RequestedExtensions ofAttributes(DerReader attributes)
      throws InvalidRequestException, MalformedDerException {
    attributes.checkSetOrder();
    Set<String> types = new HashSet<>();
    RequestedExtensions found = NONE;
    while (!attributes.atEnd()) {
      int start = attributes.offset();
      DerReader attribute = attributes.sequence();
      String type = attribute.oid();
      DerReader values = attribute.set();
      attribute.end();
      if (!types.add(type) || types.size() > MOST) {
        throw new MalformedDerException("an attribute that was there before", start);
      }
      if (values.atEnd()) {
        throw new MalformedDerException("an attribute without a value", start);
      }
      if (type.equals(Oids.EXTENSION_REQUEST)) {
        found = ofExtensions(values.sequence());
        values.end();
      }
    }
    return found;
  }

  private static RequestedExtensions ofExtensions(DerReader extensions)
      throws InvalidRequestException, MalformedDerException {
    Names names = Names.none();
    boolean ca = false;
    Set<String> seen = new HashSet<>();
    List<String> others = new ArrayList<>();
    while (!extensions.atEnd()) {
      int start = extensions.offset();
      DerReader extension = extensions.sequence();
      String oid = extension.oid();
      extension.boolDefaultFalse();
      byte[] value = extension.octetString();
      extension.end();
      if (!seen.add(oid) || seen.size() > MOST) {
        throw new MalformedDerException("an extension that was there before", start);
      }
      try {
        switch (oid) {
          case Oids.SUBJECT_ALTERNATIVE_NAME -> names = GeneralNames.read(value);
          case Oids.BASIC_CONSTRAINTS -> {
            ca = readCa(value);
            others.add(oid);
          }
          default -> others.add(oid);
        }
      } catch (MalformedDerException e) {
        throw new InvalidRequestException(
            Fault.MALFORMED, "in the value of the extension " + oid + ": " + e.getMessage());
      }
    }
    return new RequestedExtensions(names, ca, List.copyOf(others));
  }

  private static boolean readCa(byte[] value) throws MalformedDerException {
    DerReader outer = DerReader.of(value);
    DerReader constraints = outer.sequence();
    outer.end();
    boolean ca = constraints.boolDefaultFalse();
    if (!constraints.atEnd()) {
      constraints.integer(Integer.MAX_VALUE);
    }
    constraints.end();
    return ca;
  }

  /** Writes [0] with an extension request for the names, or an empty one. */
  static void writeAttributes(DerWriter writer, Names names) {
    int end = writer.mark();
    if (!names.isEmpty()) {
      writer
          .octetString(names.toGeneralNames())
          .oid(Oids.SUBJECT_ALTERNATIVE_NAME)
          .sequence(end) // Extension
          .sequence(end) // Extensions
          .set(end)
          .oid(Oids.EXTENSION_REQUEST)
          .sequence(end);
    }
    writer.wrap(0xa0, end);
  }
}
