package dev.countersign.server.cleaning;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * Denials of certificates that have expired and have left all lists (RFC 5280 3.3). That they were
 * denied stands with the certificate.
 */
final class DenialStore implements Chore {
  private static final String DENIALS = "denials";

  // A clock that was ahead makes lists from which some are gone too early: they come back with the
  // next, which is made from these
  private static final Duration CLOCKS_MENDED = Duration.ofDays(7);

  @Override
  public String what() {
    return DENIALS;
  }

  @Override
  public Batch remove(Handle handle, Instant now, int most) {
    int removed = 0;
    for (String issuer : issuers(handle)) {
      removed += remove(handle, issuer, now.minus(CLOCKS_MENDED), most - removed);
      if (removed >= most) {
        return new Batch(removed, true);
      }
    }
    return new Batch(removed, false);
  }

  private static List<String> issuers(Handle handle) {
    return handle
        .createQuery("select name from authority order by name")
        .mapTo(String.class)
        .list();
  }

  /**
   * Of one certificate the oldest first, so that what is left of it never says more than it did.
   * The newest of all stays: by its number those who follow see that there is nothing new.
   */
  private static int remove(Handle handle, String issuer, Instant before, int most) {
    List<Long> numbers =
        handle
            .createQuery(
                """
                select number from denial
                where issuer = :issuer and not_after < :before
                  and not_after < (select min(expired_before) from crl where issuer = :issuer)
                  and number < (select d.number from denial d where d.issuer = :issuer
                    order by d.issuer desc, d.number desc fetch first 1 row only)
                order by not_after, number fetch first :most rows only
                """)
            .bind("issuer", issuer)
            .bind("before", before)
            .bind("most", most)
            .mapTo(Long.class)
            .list();
    PreparedBatch batch = handle.prepareBatch("delete from denial where number = :number");
    numbers.forEach(number -> batch.bind("number", number).add());
    if (!numbers.isEmpty()) {
      batch.execute();
      RemovedStore.count(handle, DENIALS, numbers.size());
    }
    return numbers.size();
  }
}
