package dev.countersign.server.renewal;

import dev.countersign.server.issuance.CertificateRow;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import org.jdbi.v3.core.Handle;

/** SQL of calls for renewal. */
final class RenewalCallStore {
  private RenewalCallStore() {}

  static void add(Handle handle, RenewalCall call) {
    int rows =
        handle
            .createUpdate(
                "insert into renewal_call (kind, name, called_at, within_seconds)"
                    + " values (:kind, :name, :at, :within)")
            .bind("kind", call.kind().label())
            .bind("name", call.name())
            .bind("at", call.calledAt())
            .bind("within", call.within().toSeconds())
            .execute();
    if (rows != 1) {
      throw new IllegalStateException("the call was not written: " + rows + " rows");
    }
  }

  /** Those that are for this certificate. */
  static List<RenewalCall> of(Handle handle, CertificateRow row) {
    return handle
        .createQuery(
            "select kind, name, called_at, within_seconds from renewal_call where ((kind ="
                + " 'certificate' and name = :serial) or (kind = 'identity' and name = :identity)"
                + " or (kind = 'issuer' and name = :issuer)) and called_at >= :issued")
        .bind("serial", row.serial().toString())
        .bind("identity", row.identity())
        .bind("issuer", row.issuer())
        .bind("issued", row.provenance().issuedAt())
        .map(
            (found, context) ->
                new RenewalCall(
                    RenewalCall.Kind.valueOf(found.getString("kind").toUpperCase(Locale.ROOT)),
                    found.getString("name"),
                    found.getObject("called_at", OffsetDateTime.class).toInstant(),
                    Duration.ofSeconds(found.getLong("within_seconds"))))
        .list();
  }
}
