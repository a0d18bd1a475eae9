package dev.countersign.db;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A look at what Flyway wrote about its migrations, for one query: at nearly every start there is
 * nothing to migrate, and loading Flyway to find that out takes a tenth of the start.
 */
final class SchemaHistory {
  static final String TABLE = "countersign_schema";
  static final String FOLDER = "db/migration";

  /** All migrations of this release, in their order. */
  private static final List<String> SCRIPTS = List.of("V1__countersign.sql");

  /**
   * @param checksum of its lines, as Flyway takes it
   */
  private record Migration(String script, int checksum) {}

  private SchemaHistory() {}

  /**
   * Whether the migrations of this release have succeeded as they are now, and no others were
   * tried: then Flyway would find nothing to do and nothing to complain about.
   */
  static boolean isOfThisRelease(Connection connection) throws SQLException {
    return applied(connection).equals(SCRIPTS.stream().map(SchemaHistory::ofThisRelease).toList());
  }

  private static List<Migration> applied(Connection connection) throws SQLException {
    List<Migration> migrations = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select script, checksum, success from "
                    + TABLE
                    // but for the remark that this table was made
                    + " where type <> 'TABLE' order by installed_rank")) {
      while (rows.next()) {
        String script = rows.getBoolean("success") ? rows.getString("script") : "failed";
        migrations.add(new Migration(script, rows.getInt("checksum")));
      }
    }
    return migrations;
  }

  private static Migration ofThisRelease(String script) {
    CRC32 checksum = new CRC32();
    try (InputStream bytes =
            SchemaHistory.class.getClassLoader().getResourceAsStream(FOLDER + "/" + script);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(present(bytes), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        checksum.update(line.getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the migration " + script + " cannot be read", e);
    }
    return new Migration(script, (int) checksum.getValue());
  }

  private static InputStream present(@Nullable InputStream bytes) {
    if (bytes == null) {
      throw new IllegalStateException("a migration is not where the release keeps them");
    }
    return bytes;
  }
}
