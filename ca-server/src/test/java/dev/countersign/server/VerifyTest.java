package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.db.Dialect;
import dev.countersign.db.sealed.SealedPath;
import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.db.testing.TestDatabase;
import dev.countersign.pki.Json;
import dev.countersign.server.config.DatabaseConfig;
import dev.countersign.server.config.LimitsConfig;
import dev.countersign.server.verification.Finding;
import dev.countersign.server.verification.Findings;
import dev.countersign.server.verification.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code countersignd verify} tells whatever is not as it was written, and nothing else. */
class VerifyTest {
  private static TestServer server;
  private static Connection open;

  @TempDir private static Path opened;
  @TempDir private Path temporary;

  @BeforeAll
  static void live() throws IOException, SQLException {
    server = TestServer.start();
    lifeOf(server);
    server.stop();
    open = open(copy(opened));
    open.setAutoCommit(false);
  }

  @AfterAll
  static void remove() throws SQLException {
    open.close();
    server.close();
  }

  /** All states that a certificate can be in. */
  private static void lifeOf(TestServer server) {
    TestClient admin = server.as(server.enrolled(server.adminString));
    Credential orders = server.identity("orders", "peer", World.dns("orders.internal"));
    Credential.Wish wish = orders.renewal();
    wish.granted(server.as(orders).post("/v1/renew", TestClient.JSON, wish.payload()));
    server.identity("shop", "peer", World.dns("shop.internal", "www.shop.internal"));
    Credential held = server.identity("held", "peer", World.dns("held.internal"));
    Credential released = server.identity("released", "peer", World.dns("released.internal"));
    done(admin.post("/v1/identities/orders/revoke", "{\"reason\":\"keyCompromise\"}"));
    for (Credential each : new Credential[] {released, held}) {
      String path = "/v1/certificates/" + each.serial();
      done(admin.post(path + "/revoke", "{\"reason\":\"certificateHold\"}"));
    }
    done(admin.post("/v1/certificates/" + released.serial() + "/release"));
  }

  private static void done(TestClient.Answer answer) {
    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
  }

  @Test
  void a_database_that_is_as_it_was_written_is_whole() throws IOException {
    InProcess.Ended ended = verify(copy(temporary));

    assertThat(ended.code()).as(ended.out() + ended.err()).isZero();
    assertThat(ended.out())
        .contains("each as it was written", "certificate 8", "denial 5", "The database is whole.");
    assertThat(ended.err()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '%',
      textBlock =
          """
          update certificate set subject = 'CN=other' where identity = 'shop' % subject is CN=other
          update certificate set not_before = not_before - interval '1' day % notBefore is
          update certificate set not_after = not_after + interval '1' day % notAfter is
          update certificate set key_hash = X'00' where identity = 'shop' % its key hash is not that of its key
          update certificate set der = (select c.der from certificate c where c.identity = 'held') where identity = 'shop' % serial is
          update certificate set der = X'3000' where identity = 'shop' % what is stored of it is not a certificate
          update certificate set identity = 'held' where identity = 'shop' % it is not of the identity held by its subject
          update certificate set identity = 'nobody' where identity = 'shop' % there is no identity nobody
          update certificate set issuer = 'issuing-9' where identity = 'shop' % there is no authority issuing-9
          update certificate set issuer = 'root-1' where identity = 'shop' % its issuer by name is not root-1
          update certificate set der = substring(der, 1, octet_length(der) - 2) || X'0000' where identity = 'shop' % it was not signed by issuing-1
          update certificate set status = 'active' where identity = 'held' % it is active, and its time and reason do not fit that
          update certificate set status = 'active', revoked_at = null, revocation_reason = null where identity = 'held' % says something else of it
          update certificate set status = 'revoked' where identity = 'held' % it is revoked because certificateHold
          update certificate set revocation_sequence = null where identity = 'held' % it is held without a number
          update certificate set revocation_sequence = 99 where identity = 'held' % there is no denial 99 of issuing-1
          update certificate set previous_serial = 'ff' where lineage is not null % it renewed ff, which is not there
          update certificate set lineage = 'ff' where lineage is not null % it is not of the lineage of
          delete from event where action = 'certificate.issued' and identity = 'shop' % it has 0 events certificate.issued
          delete from event where action = 'certificate.revoked' % it is revoked without an event certificate.revoked
          delete from event where action = 'certificate.released' % it is active without an event certificate.released
          update event set identity = 'held' where identity = 'shop' % its event certificate.issued is about held
          update event set details = '{' where action = 'certificate.issued' % its details are not what was written
          update subject_key set identity = 'held' % its key is of held
          update subject_key set denied = false % its key was stolen and is not denied
          delete from subject_key % its key is not among the keys
          delete from certificate_name where san = 'shop.internal' % shop.internal: it is missing among the names
          insert into certificate_name (san, certificate, kind) values ('evil.internal', 1, 'dns') % 1 names are in no certificate
          delete from certificate where identity = 'shop' % and there is no such certificate
          delete from certificate where identity = 'held' % there is no certificate
          delete from denial where number = (select min(number) from denial) % denial all: 1 are missing
          delete from denial where number = (select max(number) from denial) % denial all: 1 are missing
          insert into denial (issuer, number, serial, not_after) select issuer, 7, serial, not_after from certificate where identity = 'shop' % denial all: 1 more than were ever counted
          update guard set last_number = 7 where name = 'revocation' % it is the last, but only 7 was given out
          update denial set issuer = 'issuing-9' where number = (select min(number) from denial) % 1 denials are of no authority
          update denial set issuer = 'root-1' where number = (select min(number) from denial) % is of issuing-1
          update denial set serial = (select serial from certificate where identity = 'shop') where number = (select min(number) from denial) % does not know of it
          update authority set certificate = X'3000' where name = 'issuing-1' % authority issuing-1: what is stored of it is not a certificate
          update authority set state = 'revoked' where name = 'issuing-1' % its revocation does not fit
          update authority set certificate = (select der from certificate where identity = 'shop') where name = 'root-1' % it was not signed by an authority
          update trust_bundle set roots = 'x' % trust_bundle 1
          """)
  void what_was_changed_is_told(String change, String told) throws SQLException {
    change(open, change);
    Findings.Report report =
        Verification.of(Jdbi.create(open).open(), (table, row, of) -> assertThat(row).isPositive());
    open.rollback();

    assertThat(report.first()).extracting(Finding::toString).anyMatch(it -> it.contains(told));
  }

  @Test
  void one_change_is_enough_to_be_damaged() throws IOException, SQLException {
    Path dir = copy(temporary);
    try (Connection connection = open(dir)) {
      change(connection, "delete from event where action = 'certificate.revoked'");
    }

    InProcess.Ended ended = verify(dir);
    assertThat(ended.out())
        .contains("without an event certificate.revoked", "restore the newest backup");
    assertThat(ended.code()).isEqualTo(ExitCodes.DAMAGED);
    JsonNode json = Json.MAPPER.readTree(verify(dir, "--json").out());
    assertThat(json.path("whole").booleanValue()).isFalse();
    assertThat(json.path("blocks").path("damaged").intValue()).isZero();
    assertThat(json.path("rows").path("certificate").intValue()).isEqualTo(8);
    assertThat(json.path("findings").intValue()).isEqualTo(2);
    assertThat(json.path("firstFindings").path(0).path("table").textValue())
        .isEqualTo("certificate");
  }

  @Test
  void a_block_that_was_changed_is_told_by_its_number() throws IOException {
    byte[] bytes = Files.readAllBytes(server.dir.resolve("database/countersign.mv.db"));
    int told = 0;
    // H2's blocks: one less than those of the file, because of the block of sums
    for (int block = 2; block < bytes.length / 4096 - 1; block += 4) {
      // H2 keeps what it could not open locked until the process ends
      Path dir = copy(Files.createDirectory(temporary.resolve("block-" + block)));
      Path file = dir.resolve("database/countersign.mv.db");
      byte[] damaged = bytes.clone();
      damaged[(block + 1) * 4096 + 1000] ^= 1;
      Files.write(file, damaged);

      InProcess.Ended ended = verify(dir);
      boolean whole = ended.code() == ExitCodes.DONE; // where the block is not in use
      assertThat(ended.code()).isIn(ExitCodes.DONE, ExitCodes.DAMAGED);
      assertThat(ended.out())
          .contains(whole ? "The database is whole." : "The database is damaged");
      assertThat(file).as("nothing is changed").hasBinaryContent(damaged);
      // In the newest chunk it makes the state before the newest one, and that may lack others
      told += ended.out().contains("1 of them damaged: " + block + ".\n") ? 1 : 0;
    }
    assertThat(told).isPositive();
  }

  @Test
  void a_server_that_runs_is_not_disturbed() throws IOException {
    Path dir = copy(temporary);
    try (HomeLock lock = HomeLock.take(new Home(dir))) {
      assertThat(lock).isNotNull();
      assertThat(verify(dir).code()).isEqualTo(ExitCodes.LOCAL_FILES);
    }
  }

  @OnEveryEngine(Dialect.POSTGRESQL)
  void a_database_of_postgresql_is_read_while_it_is_served(TestDatabase database)
      throws SQLException, IOException {
    String url = database.settings().url();
    String user = database.settings().user().orElseThrow();
    PostgresServerTest.empty(url, user);
    try (TestServer served =
        TestServer.start(
            new TestServer.Settings(LimitsConfig.DEFAULT, new DatabaseConfig(url, user, null)))) {
      lifeOf(served);

      InProcess.Ended whole = verify(served.dir);
      assertThat(whole.out()).contains("certificate 8", "checksums", "The database is whole.");
      assertThat(whole.code()).as(whole.err()).isZero();

      try (Connection connection = DriverManager.getConnection(url, user, "")) {
        change(connection, "update certificate set status = 'active' where identity = 'held'");
      }
      InProcess.Ended changed = verify(served.dir, "--json");
      assertThat(changed.out()).contains("its time and reason do not fit", "pageChecksums");
      assertThat(changed.code()).isEqualTo(ExitCodes.DAMAGED);
    }
  }

  private static Connection open(Path dir) throws SQLException {
    SealedPath.register();
    return DriverManager.getConnection(
        "jdbc:h2:sealed:file:"
            + dir.resolve("database/countersign")
            + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;WRITE_DELAY=0"
            + ";RETENTION_TIME=0;MAX_COMPACT_TIME=0",
        "sa",
        "");
  }

  private static void change(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(sql)).as(sql).isPositive();
    }
  }

  private static InProcess.Ended verify(Path dir, String... more) {
    String[] arguments = new String[more.length + 3];
    arguments[0] = "verify";
    arguments[1] = "--dir";
    arguments[2] = dir.toString();
    System.arraycopy(more, 0, arguments, 3, more.length);
    return InProcess.countersignd(arguments);
  }

  private static Path copy(Path folder) throws IOException {
    Path copy = folder.resolve("ca");
    try (var files = Files.walk(server.dir)) {
      for (Path file : files.toList()) {
        Path target = copy.resolve(server.dir.relativize(file).toString());
        Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    return copy;
  }
}
