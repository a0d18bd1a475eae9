package dev.countersign.server.cleaning;

import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** What was heard of those whose certificates have ended. */
final class EndedCheckinStore implements Chore {

  @Override
  public String what() {
    return "checkins";
  }

  @Override
  public Batch remove(Handle handle, Instant now, int most) {
    List<String> serials =
        handle
            .createQuery(
                "select serial from checkin where not_after < :now"
                    + " order by not_after fetch first :most rows only")
            .bind("now", now)
            .bind("most", most)
            .mapTo(String.class)
            .list();
    if (!serials.isEmpty()) {
      PreparedBatch delete = handle.prepareBatch("delete from checkin where serial = :serial");
      serials.forEach(serial -> delete.bind("serial", serial).add());
      delete.execute();
    }
    return new Batch(serials.size(), serials.size() == most);
  }
}
