package dev.countersign.db.crash;

import dev.countersign.db.Database;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.jdbi.v3.core.Handle;

/**
 * What an authority does to its tables: issues, revokes some of it, and replaces the lists that say
 * so. What a row contains follows from its number, so that a look at it tells whether it is right.
 */
final class Workload {

  static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
  private static final int MOST_TOGETHER = 6;

  private final Recording recording;
  private final Random random;
  private final int first;
  private int issued;
  private int revoked;
  private int lists;

  Workload(Recording recording, Random random) {
    this(recording, random, 0);
  }

  /** One that begins with a later number, after a power cut that may have left some unconfirmed. */
  Workload(Recording recording, Random random, int first) {
    this.recording = recording;
    this.random = random;
    this.first = first;
    this.issued = first;
    this.revoked = first;
    this.lists = first;
  }

  /** Groups of several writes that wait together, one group after the other. */
  void run(Database database, int groups) {
    for (int group = 0; group < groups; group++) {
      List<CompletableFuture<?>> together = new ArrayList<>();
      int writes = 1 + random.nextInt(MOST_TOGETHER);
      for (int i = 0; i < writes; i++) {
        together.add(write(database));
      }
      together.forEach(CompletableFuture::join);
    }
  }

  private CompletableFuture<?> write(Database database) {
    int kind = random.nextInt(10);
    if (kind < 2 && revoked - first < (issued - first) / 2) {
      return done(database, revoked++, "revoked", Workload::revoke);
    }
    return kind < 3
        ? done(database, lists++, "listed", Workload::replaceList)
        : done(database, issued++, "issued", Workload::issue);
  }

  @FunctionalInterface
  private interface Act {
    void on(Handle handle, int number);
  }

  private CompletableFuture<?> done(Database database, int number, String what, Act act) {
    return database
        .write(
            handle -> {
              act.on(handle, number);
              return number;
            })
        .thenRun(() -> recording.confirmed(what + " " + number));
  }

  int issued() {
    return issued;
  }

  static String serial(int number) {
    return String.format("%040x", BigInteger.valueOf(number * 0x9E3779B97F4A7C15L).abs());
  }

  static byte[] bytes(int number, int length) {
    byte[] bytes = new byte[length];
    new Random(number).nextBytes(bytes);
    return bytes;
  }

  static byte[] certificate(int number) {
    return bytes(number, 600 + number % 400);
  }

  static String list(int number) {
    return HexFormat.of().formatHex(bytes(~number, 2_000 + number % 7 * 1_000));
  }

  private static void issue(Handle handle, int number) {
    handle
        .createUpdate(
            """
            insert into certificate
              (serial, der, identity, profile, issuer, subject, key_hash, not_before, not_after,
               status, proof_kind, proof_id, requested_by, remote_address, issued_at)
            values
              (:serial, :der, :identity, 'peer', 'issuing-1', 'CN=x', :keyHash, :noon, :noon,
               'active', 'system', 'x', 'x', '', :noon)
            """)
        .bind("serial", serial(number))
        .bind("der", certificate(number))
        .bind("identity", "identity-" + number % 7)
        .bind("keyHash", bytes(number, 32))
        .bind("noon", NOON)
        .execute();
    handle
        .createUpdate(
            "insert into event (happened_at, actor_kind, actor_name, action, serial, details)"
                + " values (:noon, 'system', 'x', 'certificate.issued', :serial, '{}')")
        .bind("noon", NOON)
        .bind("serial", serial(number))
        .execute();
  }

  private static void revoke(Handle handle, int number) {
    int rows =
        handle
            .createUpdate(
                "update certificate set status = 'revoked', revoked_at = :noon,"
                    + " revocation_reason = 'superseded', revocation_sequence = :number"
                    + " where serial = :serial and status = 'active'")
            .bind("noon", NOON)
            .bind("number", number)
            .bind("serial", serial(number))
            .execute();
    if (rows != 1) {
      throw new IllegalStateException("not revoked: " + number);
    }
  }

  private static void replaceList(Handle handle, int number) {
    handle
        .createUpdate(
            "insert into trust_bundle (number, created_at, roots) values (:number, :noon, :list)")
        .bind("number", number)
        .bind("noon", NOON)
        .bind("list", list(number))
        .execute();
    handle.execute("delete from trust_bundle where number <= ?", number - 3);
  }
}
