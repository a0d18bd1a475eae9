package dev.countersign.server.issuance;

import dev.countersign.pki.SerialNumber;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/** SQL of the search; {@link SearchPlan} makes its text. */
final class CertificateSearchStore {

  private static final int LONGEST_LINEAGE = 100;

  private CertificateSearchStore() {}

  static List<CertificateRow> search(Handle handle, SearchPlan plan, int limit) {
    Query query = handle.createQuery(plan.sql()).bind("limit", limit);
    plan.bound().forEach(query::bind);
    return query.map((row, context) -> CertificateRows.read(row)).list();
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
