package dev.countersign.server.identity;

import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.NameKind;
import dev.countersign.pki.Names;
import dev.countersign.pki.SubjectName;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Names as JSON has them: one list for each kind, absent when there is none. */
public record NamesJson(
    Optional<List<String>> dns,
    Optional<List<String>> ip,
    Optional<List<String>> uri,
    Optional<List<String>> email) {

  public static NamesJson of(Names names) {
    return new NamesJson(
        some(names.dns()), some(names.ip()), some(names.uri()), some(names.email()));
  }

  /**
   * The names, canonical.
   *
   * @param pointer of this object in the body, for refusals of a single name
   */
  public Names names(String pointer) {
    List<SubjectName> all = new ArrayList<>();
    add(all, NameKind.DNS, dns, pointer + "/dns");
    add(all, NameKind.IP, ip, pointer + "/ip");
    add(all, NameKind.URI, uri, pointer + "/uri");
    add(all, NameKind.EMAIL, email, pointer + "/email");
    try {
      return Names.of(all);
    } catch (InvalidRequestException e) {
      throw Refusal.at(Kind.MALFORMED, pointer, e.detail());
    }
  }

  private static void add(
      List<SubjectName> all, NameKind kind, Optional<List<String>> values, String pointer) {
    List<String> list = values.orElse(List.of());
    for (int i = 0; i < list.size(); i++) {
      try {
        all.add(Names.canonical(new SubjectName(kind, list.get(i))));
      } catch (InvalidRequestException e) {
        throw Refusal.at(Kind.MALFORMED, pointer + "/" + i, e.detail());
      }
    }
  }

  private static Optional<List<String>> some(List<String> values) {
    return values.isEmpty() ? Optional.empty() : Optional.of(values);
  }
}
