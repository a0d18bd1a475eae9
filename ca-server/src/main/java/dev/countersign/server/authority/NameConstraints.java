package dev.countersign.server.authority;

import dev.countersign.pki.DerReader;
import dev.countersign.pki.DerWriter;
import dev.countersign.pki.MalformedDerException;
import dev.countersign.pki.Names;
import dev.countersign.pki.SubjectName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What an issuing CA may certify (RFC 5280 4.2.1.10). A kind of name without a permitted subtree is
 * not restricted; the relying parties judge in the same way, so that a name that passes here passes
 * there.
 */
public final class NameConstraints {
  private static final NameConstraints NONE = new NameConstraints(List.of(), List.of());
  private static final int PERMITTED = 0xa0;
  private static final int EXCLUDED = 0xa1;

  private final List<NameSubtree> permitted;
  private final List<NameSubtree> excluded;

  private NameConstraints(List<NameSubtree> permitted, List<NameSubtree> excluded) {
    this.permitted = List.copyOf(permitted);
    this.excluded = List.copyOf(excluded);
  }

  public static NameConstraints none() {
    return NONE;
  }

  /**
   * Permitted subtrees as an operator writes them: {@code dns:example.internal}, {@code
   * ip:10.0.0.0/8}, {@code email:example.internal}, {@code uri:.example.internal}.
   *
   * @throws IllegalArgumentException with a sentence for the operator
   */
  public static NameConstraints permitted(List<String> texts) {
    return new NameConstraints(texts.stream().map(NameSubtree::parse).toList(), List.of());
  }

  /** The value of the extension. */
  static NameConstraints parse(byte[] der) throws MalformedDerException {
    DerReader whole = DerReader.of(der);
    DerReader value = whole.sequence();
    whole.end();
    List<NameSubtree> permitted = subtrees(value, PERMITTED);
    List<NameSubtree> excluded = subtrees(value, EXCLUDED);
    value.end();
    return new NameConstraints(permitted, excluded);
  }

  private static List<NameSubtree> subtrees(DerReader value, int tag) throws MalformedDerException {
    List<NameSubtree> subtrees = new ArrayList<>();
    if (value.isNext(tag)) {
      DerReader list = value.enter(tag);
      while (!list.atEnd()) {
        DerReader subtree = list.sequence();
        subtrees.add(NameSubtree.read(subtree));
        subtree.end();
      }
    }
    return subtrees;
  }

  /** The value of the extension; there must be a subtree. */
  byte[] encode() {
    DerWriter writer = new DerWriter(256);
    write(writer, EXCLUDED, excluded);
    write(writer, PERMITTED, permitted);
    return writer.sequence(0).toByteArray();
  }

  private static void write(DerWriter writer, int tag, List<NameSubtree> subtrees) {
    if (subtrees.isEmpty()) {
      return;
    }
    int list = writer.mark();
    for (int i = subtrees.size() - 1; i >= 0; i--) {
      int subtree = writer.mark();
      subtrees.get(i).write(writer);
      writer.sequence(subtree);
    }
    writer.wrap(tag, list);
  }

  public boolean isEmpty() {
    return permitted.isEmpty() && excluded.isEmpty();
  }

  public boolean permits(SubjectName name) {
    boolean restricted = false;
    boolean within = false;
    for (NameSubtree subtree : permitted) {
      if (subtree.kind() == name.kind()) {
        restricted = true;
        within |= subtree.contains(name.value());
      }
    }
    if (restricted && !within) {
      return false;
    }
    return excluded.stream().noneMatch(s -> s.kind() == name.kind() && s.touches(name.value()));
  }

  /** The first name that may not be certified. */
  public Optional<SubjectName> firstRefused(Names names) {
    return names.list().stream().filter(name -> !permits(name)).findFirst();
  }

  /**
   * Whether a subject may have this common name. Where there is no DNS name, GnuTLS takes the
   * common name for one, and OpenSSL does if it has a dot, and they hold it against the
   * constraints.
   */
  public boolean permitsCommonName(Names names, String commonName) {
    return !names.dns().isEmpty() || permits(SubjectName.dns(commonName));
  }

  /** For people: {@code dns:example.internal, ip:10.0.0.0/8}. */
  public String describe() {
    return permitted.stream()
        .map(subtree -> subtree.kind().label() + ":" + subtree.value())
        .collect(Collectors.joining(", "));
  }
}
