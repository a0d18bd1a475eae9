package dev.countersign.server.issuance;

import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.NameKind;
import dev.countersign.pki.Names;
import dev.countersign.pki.SerialNumber;
import dev.countersign.pki.SubjectName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/** SQL of the search. Every filter has an index that ends in the number, by which pages go. */
final class CertificateSearchStore {

  private static final int LONGEST_LINEAGE = 100;

  private CertificateSearchStore() {}

  static List<CertificateRow> search(
      Handle handle,
      CertificateFilter filter,
      Optional<Long> before,
      int limit,
      Instant now) {
    List<String> conditions = new ArrayList<>();
    Map<String, Object> bound = new LinkedHashMap<>();
    before.ifPresent(number -> add(conditions, bound, "number < :before", "before", number));
    filter
        .serial()
        .ifPresent(
            serial -> add(conditions, bound, "serial = :serial", "serial", serial.toString()));
    filter
        .keyHash()
        .ifPresent(
            hash ->
                add(
                    conditions,
                    bound,
                    "key_hash = :keyHash",
                    "keyHash",
                    HexFormat.of().parseHex(hash)));
    filter
        .identity()
        .ifPresent(name -> add(conditions, bound, "identity = :identity", "identity", name));
    filter
        .profile()
        .ifPresent(name -> add(conditions, bound, "profile = :profile", "profile", name));
    filter.issuer().ifPresent(name -> add(conditions, bound, "issuer = :issuer", "issuer", name));
    filter
        .expiresBefore()
        .ifPresent(time -> add(conditions, bound, "not_after < :expBefore", "expBefore", time));
    filter
        .expiresAfter()
        .ifPresent(time -> add(conditions, bound, "not_after > :expAfter", "expAfter", time));
    filter.status().ifPresent(status -> addStatus(conditions, bound, status, now));
    filter.san().ifPresent(san -> addSan(conditions, bound, san));
    String sql =
        "select * from certificate"
            + (conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions))
            + " order by number desc fetch first :limit rows only";
    Query query = handle.createQuery(sql).bind("limit", limit);
    bound.forEach(query::bind);
    return query.map((row, context) -> CertificateRows.read(row)).list();
  }

  private static void add(
      List<String> conditions,
      Map<String, Object> bound,
      String condition,
      String name,
      Object value) {
    conditions.add(condition);
    bound.put(name, value);
  }

  private static void addStatus(
      List<String> conditions, Map<String, Object> bound, CertificateStatus status, Instant now) {
    switch (status) {
      case REVOKED -> conditions.add("status = 'revoked'");
      case ACTIVE ->
          add(conditions, bound, "status = 'active' and not_after >= :now", "now", now);
      case HELD -> add(conditions, bound, "status = 'held' and not_after >= :now", "now", now);
      case EXPIRED ->
          add(conditions, bound, "status <> 'revoked' and not_after < :now", "now", now);
    }
  }

  private static void addSan(List<String> conditions, Map<String, Object> bound, String san) {
    List<String> parameters = new ArrayList<>();
    for (String spelling : spellings(san)) {
      String parameter = "san" + parameters.size();
      parameters.add(":" + parameter);
      bound.put(parameter, spelling);
    }
    conditions.add(
        "number in (select certificate from certificate_name where san in ("
            + String.join(", ", parameters)
            + "))");
  }

  /** What a name is recorded as, if it is a DNS name, an address, a URI, a mailbox. */
  private static Set<String> spellings(String san) {
    Set<String> spellings = new LinkedHashSet<>();
    spellings.add(san);
    for (NameKind kind : NameKind.values()) {
      try {
        spellings.add(Names.canonical(new SubjectName(kind, san)).value());
      } catch (InvalidRequestException e) {
        // not a name of this kind
      }
    }
    return spellings;
  }

  static List<SerialNumber> lineage(Handle handle, SerialNumber first) {
    List<SerialNumber> lineage = new ArrayList<>();
    lineage.add(first);
    lineage.addAll(
        handle
            .createQuery(
                "select serial from certificate where lineage = :lineage"
                    + " order by lineage, number fetch first :limit rows only")
            .bind("lineage", first.toString())
            .bind("limit", LONGEST_LINEAGE - 1)
            .mapTo(String.class)
            .map(SerialNumber::parse)
            .list());
    return lineage;
  }
}
