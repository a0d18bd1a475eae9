package dev.countersign.server.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.db.Database;
import dev.countersign.db.DatabaseException;
import dev.countersign.db.DatabaseSettings;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.Pem;
import dev.countersign.pki.testing.TestCa;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The way to PostgreSQL that {@code docs/postgresql.md} asks for. */
@ExtendWith(Sites.Shared.class)
class PostgresTlsTest {
  private static final String SETTINGS = "?sslmode=verify-full&sslrootcert=";

  @Test
  void only_a_server_that_proves_its_name_to_the_root_is_given_anything(Sites sites)
      throws Exception {
    Path folder = sites.bare().place();
    TestCa ca = TestCa.create(Site.CLOCK);
    TestCa.Credential server = ca.credential("localhost");
    Path root = written(folder.resolve("root.pem"), List.of(ca.root()));
    Path stranger = written(folder.resolve("other.pem"), List.of(TestCa.create(Site.CLOCK).root()));
    try (Postgres postgres = Postgres.make(folder.resolve("postgres"))) {
      postgres.set("ssl", "on");
      postgres.set(
          "ssl_cert_file", written(folder.resolve("server.pem"), server.chain()).toString());
      postgres.set("ssl_key_file", key(folder.resolve("key.pem"), server).toString());
      postgres.start();
      String plain = Postgres.url(postgres.port());
      String named = plain.replace("127.0.0.1", "localhost");
      for (String refused : List.of(named + SETTINGS + stranger, plain + SETTINGS + root)) {
        assertThatThrownBy(() -> created(refused))
            .as(refused)
            .isInstanceOf(DatabaseException.Unreachable.class)
            .hasMessageContaining("cannot be trusted")
            .hasMessageContaining("sslrootcert");
      }
      try (Database database = created(named + SETTINGS + root)) {
        database.ping();
        assertThat(
                postgres.strings(
                    "select distinct ssl::text from pg_stat_ssl join pg_stat_activity using (pid)"
                        + " where application_name = 'countersignd'"))
            .containsExactly("true");
      }
    }
  }

  private static Database created(String url) {
    return Database.create(
        new DatabaseSettings(url, Optional.of("postgres"), Optional.empty()),
        (reason, cause) -> {
          throw new AssertionError(reason, cause);
        });
  }

  private static Path written(Path file, List<Certificate> certificates) throws IOException {
    return Files.writeString(file, Certificate.toPem(certificates));
  }

  private static Path key(Path file, TestCa.Credential server) throws IOException {
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(
        file, Pem.encode("PRIVATE KEY", server.key().getPrivate().getEncoded()));
  }
}
