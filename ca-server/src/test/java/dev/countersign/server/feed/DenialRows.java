package dev.countersign.server.feed;

import dev.countersign.pki.SerialNumber;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Many denials, faster than by revoking. */
public final class DenialRows {
  private DenialRows() {}

  /** With the numbers from 1 on. */
  public static List<SerialNumber> add(
      Handle handle, String issuer, int count, SecureRandom random) {
    List<SerialNumber> serials = new ArrayList<>();
    PreparedBatch batch =
        handle.prepareBatch(
            "insert into denial (issuer, number, serial, not_after, revoked_at,"
                + " revocation_reason) values (?, ?, ?, ?, ?, 'superseded')");
    Instant now = Instant.now();
    for (int i = 1; i <= count; i++) {
      SerialNumber serial = SerialNumber.random(random);
      serials.add(serial);
      batch
          .bind(0, issuer)
          .bind(1, (long) i)
          .bind(2, serial.toString())
          .bind(3, now.plus(Duration.ofDays(30)))
          .bind(4, now)
          .add();
    }
    batch.execute();
    handle.execute("update guard set last_number = ? where name = 'revocation'", count);
    return serials;
  }
}
