package dev.countersign.server.cleaning;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * What makes two requests one, of operators and of renewals: afterwards the same request is a new
 * one. Goes through the certificates in their order, once.
 */
final class RetryKeyStore implements Chore {
  private final Duration kept;

  RetryKeyStore(Duration kept) {
    this.kept = kept;
  }

  private record Row(long number, Instant issuedAt, boolean retries, boolean enrolled) {
    static Row of(ResultSet row) throws SQLException {
      return new Row(
          row.getLong("number"),
          row.getObject("issued_at", OffsetDateTime.class).toInstant(),
          row.getString("retry_key") != null,
          row.getString("proof_kind").equals("enrollment"));
    }
  }

  @Override
  public String what() {
    return "retry-keys";
  }

  @Override
  public Batch remove(Handle handle, Instant now, int most) {
    Instant before = now.minus(kept);
    long after =
        handle
            .createQuery("select last_number from guard where name = 'retry' for update")
            .mapTo(Long.class)
            .one();
    List<Row> page =
        handle
            .createQuery(
                "select number, issued_at, retry_key, proof_kind from certificate"
                    + " where number > :after order by number fetch first :most rows only")
            .bind("after", after)
            .bind("most", most)
            .map((row, context) -> Row.of(row))
            .list();
    List<Row> old = page.stream().takeWhile(row -> row.issuedAt().isBefore(before)).toList();
    if (old.isEmpty()) {
      return new Batch(0, false);
    }
    List<Row> forgotten = old.stream().filter(row -> row.retries() && !row.enrolled()).toList();
    forget(handle, forgotten);
    handle
        .createUpdate("update guard set last_number = :number where name = 'retry'")
        .bind("number", old.get(old.size() - 1).number())
        .execute();
    return new Batch(forgotten.size(), old.size() == most);
  }

  private static void forget(Handle handle, List<Row> rows) {
    if (rows.isEmpty()) {
      return;
    }
    PreparedBatch batch =
        handle.prepareBatch(
            "update certificate set retry_key = null, retry_hash = null, request_hash = null"
                + " where number = :number");
    rows.forEach(row -> batch.bind("number", row.number()).add());
    batch.execute();
  }
}
