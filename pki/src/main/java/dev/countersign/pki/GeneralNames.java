package dev.countersign.pki;

import dev.countersign.pki.InvalidRequestException.Fault;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads GeneralNames (RFC 5280 4.2.1.6): of a request strictly, of a certificate as they are. */
final class GeneralNames {
  private GeneralNames() {}

  /** The names that are asked for; a kind that is never certified is refused, not passed over. */
  static Names read(byte[] der) throws InvalidRequestException, MalformedDerException {
    DerReader names = enter(der);
    List<SubjectName> list = new ArrayList<>();
    while (!names.atEnd()) {
      NameKind kind = kind(names.peekTag());
      if (kind == null) {
        throw new InvalidRequestException(
            Fault.BAD_NAME,
            String.format(
                "a subject alternative name of the kind [%d]: only DNS, IP, URI and mail are certified",
                names.peekTag() & 0x1f));
      }
      byte[] content = names.content(kind.tag());
      list.add(
          new SubjectName(
              kind,
              kind == NameKind.IP
                  ? IpAddresses.canonical(content)
                  : new String(content, StandardCharsets.ISO_8859_1)));
      if (list.size() > Names.MOST) {
        break; // Names.of says so
      }
    }
    for (SubjectName name : list) {
      // Bytes over 7F would be read as Latin-1, which IA5String is not.
      if (!name.value().chars().allMatch(c -> c < 0x80)) {
        throw new InvalidRequestException(
            Fault.BAD_NAME,
            "a subject alternative name that is not ASCII: " + SafeText.of(name.value()));
      }
    }
    return Names.of(list);
  }

  /** The names of a certificate that exists; kinds without a meaning here are left out. */
  static Names asFound(byte[] der) throws MalformedDerException {
    DerReader names = enter(der);
    List<SubjectName> list = new ArrayList<>();
    while (!names.atEnd()) {
      NameKind kind = kind(names.peekTag());
      if (kind == null) {
        names.skip();
        continue;
      }
      int start = names.offset();
      byte[] content = names.content(kind.tag());
      if (kind != NameKind.IP) {
        list.add(new SubjectName(kind, new String(content, StandardCharsets.ISO_8859_1)));
      } else if (content.length == 4 || content.length == 16) {
        list.add(new SubjectName(kind, IpAddresses.toText(content)));
      } else {
        throw new MalformedDerException("an IP address of " + content.length + " octets", start);
      }
    }
    return Names.asFound(list);
  }

  private static DerReader enter(byte[] der) throws MalformedDerException {
    DerReader outer = DerReader.of(der);
    DerReader names = outer.sequence();
    outer.end();
    if (names.atEnd()) {
      throw new MalformedDerException("GeneralNames without a member", 0);
    }
    return names;
  }

  private static @Nullable NameKind kind(int tag) {
    for (NameKind kind : NameKind.values()) {
      if (kind.tag() == tag) {
        return kind;
      }
    }
    return null;
  }
}
