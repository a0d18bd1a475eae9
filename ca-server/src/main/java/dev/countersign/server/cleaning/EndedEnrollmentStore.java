package dev.countersign.server.cleaning;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * Enrolments that have ended, and with each what makes two requests by it one: whoever has an old
 * string is told that it is not known.
 */
final class EndedEnrollmentStore implements Chore {
  private final Duration kept;

  EndedEnrollmentStore(Duration kept) {
    this.kept = kept;
  }

  @Override
  public String what() {
    return "enrollments";
  }

  /** Used and cancelled ones too are open to nobody after they expire, which all do. */
  @Override
  public Batch remove(Handle handle, Instant now, int most) {
    List<String> ids =
        handle
            .createQuery(
                "select id from enrollment where expires_at < :before"
                    + " order by expires_at, number fetch first :most rows only")
            .bind("before", now.minus(kept))
            .bind("most", most)
            .mapTo(String.class)
            .list();
    if (!ids.isEmpty()) {
      PreparedBatch forget =
          handle.prepareBatch(
              "update certificate set retry_key = null, retry_hash = null"
                  + " where retry_key = :retryKey");
      PreparedBatch delete = handle.prepareBatch("delete from enrollment where id = :id");
      for (String id : ids) {
        forget.bind("retryKey", "enrollment:" + id).add();
        delete.bind("id", id).add();
      }
      forget.execute();
      delete.execute();
    }
    return new Batch(ids.size(), ids.size() == most);
  }
}
