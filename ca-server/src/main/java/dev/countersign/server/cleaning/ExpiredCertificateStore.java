package dev.countersign.server.cleaning;

import dev.countersign.db.Jdbc;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.SubjectName;
import dev.countersign.server.ledger.Actor;
import dev.countersign.server.ledger.Ledger;
import dev.countersign.server.ledger.LedgerEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * Certificates that expired long ago, with their names, and their keys but for those that are
 * denied. One stays as long as a list or what follows lists needs its denial; as long as its key
 * has a certificate that is younger; and as long as the one that it was renewed from stays: so that
 * what has to fall with a stolen key is found.
 */
final class ExpiredCertificateStore implements Chore {
  static final String REMOVED = "certificate.removed";

  private final Duration kept;
  private final Ledger ledger;

  ExpiredCertificateStore(Duration kept, Ledger ledger) {
    this.kept = kept;
    this.ledger = ledger;
  }

  private record Expired(long number, String identity, byte[] der, byte[] keyHash) {}

  @Override
  public String what() {
    return "certificates";
  }

  @Override
  public Batch remove(Handle handle, Instant now, int most) {
    Instant before = now.minus(kept);
    List<Expired> found = find(handle, before, most);
    if (found.isEmpty()) {
      return new Batch(0, false);
    }
    lockIdentities(handle, found);
    // What others did while it waited is seen by the next query only
    Set<Long> still =
        find(handle, before, most).stream().map(Expired::number).collect(Collectors.toSet());
    List<Expired> expired = found.stream().filter(one -> still.contains(one.number())).toList();
    if (!expired.isEmpty()) {
      delete(handle, expired);
      RemovedStore.count(handle, what(), expired.size());
      ledger.append(
          handle,
          LedgerEvent.of(now, Actor.system("cleaning"), REMOVED)
              .with(
                  Map.of(
                      "count", String.valueOf(expired.size()),
                      "expiredBefore", before.toString())));
    }
    // Those that were renewed from these may be next
    return new Batch(expired.size(), !expired.isEmpty());
  }

  private static List<Expired> find(Handle handle, Instant before, int most) {
    return handle
        .createQuery(
            """
            select c.number, c.identity, c.der, c.key_hash from certificate c
            where c.not_after < :before
              and c.not_after < (select min(l.expired_before) from crl l where l.issuer = c.issuer)
              and not exists (select 1 from denial d
                where d.issuer = c.issuer and d.not_after = c.not_after and d.serial = c.serial)
              and not exists (select 1 from certificate k
                where k.key_hash = c.key_hash and k.not_after >= :before)
              and not exists (select 1 from certificate f where f.serial = c.lineage)
              and not exists (select 1 from certificate o
                where o.lineage = c.lineage and o.number < c.number)
            order by c.not_after, c.number fetch first :most rows only
            """)
        .bind("before", before)
        .bind("most", most)
        .map(
            (row, context) ->
                new Expired(
                    row.getLong("number"),
                    row.getString("identity"),
                    row.getBytes("der"),
                    row.getBytes("key_hash")))
        .list();
  }

  /** From then on nobody records or denies anything of theirs. */
  private static void lockIdentities(Handle handle, List<Expired> expired) {
    Set<String> names = expired.stream().map(Expired::identity).collect(Collectors.toSet());
    Jdbc.list(
        handle,
        "select name from identity where name = any (?) order by name for update",
        statement -> Jdbc.setTexts(statement, 1, List.copyOf(names)),
        row -> row.getString(1));
  }

  private static void delete(Handle handle, List<Expired> expired) {
    PreparedBatch names =
        handle.prepareBatch(
            "delete from certificate_name where san = :san and certificate = :number");
    PreparedBatch certificates =
        handle.prepareBatch("delete from certificate where number = :number");
    PreparedBatch keys =
        handle.prepareBatch(
            "delete from subject_key where key_hash = :hash and not denied"
                + " and not exists (select 1 from certificate c where c.key_hash = :hash)");
    for (Expired one : expired) {
      for (SubjectName name : Certificate.parse(one.der()).names().list()) {
        names.bind("san", name.value()).bind("number", one.number()).add();
      }
      certificates.bind("number", one.number()).add();
      keys.bind("hash", one.keyHash()).add();
    }
    if (names.size() > 0) {
      names.execute();
    }
    certificates.execute();
    keys.execute();
  }
}
