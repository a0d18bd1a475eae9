package dev.countersign.pki;

import dev.countersign.pki.InvalidRequestException.Fault;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The subject alternative names of one certificate or identity: in canonical spelling, each once,
 * in the order given. Two spellings of one name are therefore equal here.
 */
public final class Names {
  /** The most names of one certificate or identity. */
  public static final int MOST = 100;

  private static final Names NONE = new Names(List.of());

  private final List<SubjectName> list;

  private Names(Collection<SubjectName> names) {
    this.list = List.copyOf(names);
  }

  public static Names none() {
    return NONE;
  }

  /** The names, canonicalised, without repetitions. */
  public static Names of(List<SubjectName> names) throws InvalidRequestException {
    Set<SubjectName> canonical = new LinkedHashSet<>();
    for (SubjectName name : names) {
      canonical.add(canonical(name));
      if (canonical.size() > MOST) {
        throw tooMany();
      }
    }
    return new Names(canonical);
  }

  private static InvalidRequestException tooMany() {
    return new InvalidRequestException(
        Fault.BAD_NAME, "more than " + MOST + " subject alternative names");
  }

  /** Names as a certificate that exists has them, whatever they are. */
  static Names asFound(List<SubjectName> names) {
    return new Names(new LinkedHashSet<>(names));
  }

  public static Builder builder() {
    return new Builder();
  }

  /** The one spelling of a name, or the reason why it is none. */
  public static SubjectName canonical(SubjectName name) throws InvalidRequestException {
    String value =
        switch (name.kind()) {
          case DNS -> DnsNames.canonical(name.value());
          case IP -> IpAddresses.canonical(name.value());
          case URI -> UriNames.canonical(name.value());
          case EMAIL -> EmailNames.canonical(name.value());
        };
    return value.equals(name.value()) ? name : new SubjectName(name.kind(), value);
  }

  public List<SubjectName> list() {
    return list;
  }

  public List<String> dns() {
    return values(NameKind.DNS);
  }

  public List<String> ip() {
    return values(NameKind.IP);
  }

  public List<String> uri() {
    return values(NameKind.URI);
  }

  public List<String> email() {
    return values(NameKind.EMAIL);
  }

  public boolean isEmpty() {
    return list.isEmpty();
  }

  /** Whether this name, in any spelling, is among them. */
  public boolean contains(SubjectName name) {
    if (list.contains(name)) {
      return true;
    }
    try {
      return list.contains(canonical(name));
    } catch (InvalidRequestException e) {
      return false;
    }
  }

  /** These without the others. */
  public Names minus(Names others) {
    List<SubjectName> rest = new ArrayList<>(list);
    rest.removeAll(others.list);
    return new Names(rest);
  }

  /**
   * These, then those of the others that are new.
   *
   * @throws InvalidRequestException if that makes more than {@link #MOST}
   */
  public Names plus(Names others) throws InvalidRequestException {
    Set<SubjectName> all = new LinkedHashSet<>(list);
    all.addAll(others.list);
    if (all.size() > MOST) {
      throw tooMany();
    }
    return new Names(all);
  }

  /** Those of these kinds. */
  public Names only(Collection<NameKind> kinds) {
    List<SubjectName> some = list.stream().filter(name -> kinds.contains(name.kind())).toList();
    return some.size() == list.size() ? this : new Names(some);
  }

  /**
   * The DER of GeneralNames, the content of the extension; the names must not be empty (RFC 5280
   * 4.2.1.6).
   */
  public byte[] toGeneralNames() {
    if (list.isEmpty()) {
      throw new IllegalStateException("GeneralNames has at least one member");
    }
    DerWriter writer = new DerWriter(64 * list.size());
    for (int i = list.size() - 1; i >= 0; i--) {
      SubjectName name = list.get(i);
      if (name.kind() == NameKind.IP) {
        writer.value(name.kind().tag(), IpAddresses.toBytes(name.value()));
      } else {
        writer.ascii(name.kind().tag(), name.value());
      }
    }
    return writer.sequence(0).toByteArray();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Names names && list.equals(names.list);
  }

  @Override
  public int hashCode() {
    return list.hashCode();
  }

  /** For people: {@code dns:orders.example, ip:10.0.0.1}. */
  @Override
  public String toString() {
    return list.stream().map(SubjectName::toString).collect(Collectors.joining(", "));
  }

  private List<String> values(NameKind kind) {
    return list.stream().filter(name -> name.kind() == kind).map(SubjectName::value).toList();
  }

  /** Collects names of the four kinds; {@link #build()} canonicalises and checks. */
  public static final class Builder {
    private final List<SubjectName> names = new ArrayList<>();

    private Builder() {}

    public Builder dns(String... values) {
      return add(NameKind.DNS, Arrays.asList(values));
    }

    public Builder ip(String... values) {
      return add(NameKind.IP, Arrays.asList(values));
    }

    public Builder uri(String... values) {
      return add(NameKind.URI, Arrays.asList(values));
    }

    public Builder email(String... values) {
      return add(NameKind.EMAIL, Arrays.asList(values));
    }

    public Builder add(NameKind kind, List<String> values) {
      values.forEach(value -> names.add(new SubjectName(kind, value)));
      return this;
    }

    public Names build() throws InvalidRequestException {
      return of(names);
    }
  }
}
