package dev.countersign.db;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Counts the groups of writes of an embedded database, in it and beside it, and finds out when
 * opening whether it has lost some. PostgreSQL is not watched: it is its administrator's, and does
 * not open at an older state by itself.
 */
final class Witness implements AutoCloseable {

  /** Writes of this database, and writes that were confirmed, if that is known. */
  record Finding(long found, OptionalLong confirmed) {

    boolean isNewest() {
      return confirmed.isPresent() && found >= confirmed.getAsLong();
    }
  }

  private final Engine engine;
  private final Optional<Path> file;
  private final boolean accepts;
  private @Nullable Acknowledged acknowledged;
  private @Nullable Finding finding;
  private long counted; // since it was found

  private Witness(Engine engine, boolean accepts) {
    this.engine = engine;
    this.file = engine.embeddedFile().map(Acknowledged::beside);
    this.accepts = accepts;
  }

  static Witness of(Engine engine) {
    return new Witness(engine, false);
  }

  /** Takes the database as it is; what was known beside it is replaced by {@link #accept}. */
  static Witness accepting(Engine engine) {
    return new Witness(engine, true);
  }

  boolean accepts() {
    return accepts;
  }

  /**
   * Looks whether all that was confirmed is there.
   *
   * @param journal where the journal of the database ends, if it has one
   * @throws DatabaseException.Behind when not
   * @throws DatabaseException.Corrupt when not, and the journal should have it
   * @throws DatabaseException.Unproven when that is not known
   */
  void attend(Connection connection, Optional<String> journal) throws SQLException {
    if (file.isEmpty()) {
      return;
    }
    try {
      Finding found = find(connection, file.get());
      finding = found;
      if (accepts) {
        Acknowledged.create(unfinished(file.get()), found.found());
        acknowledged = Acknowledged.open(unfinished(file.get()));
        return;
      }
      mustBeNewest(found, journal);
      acknowledged = Acknowledged.open(file.get());
    } catch (IOException e) {
      throw engine.explain(e);
    }
  }

  private Finding find(Connection connection, Path beside) throws SQLException, IOException {
    OptionalLong confirmed;
    try (Acknowledged known = Acknowledged.open(beside)) {
      confirmed = known.number();
    } catch (NoSuchFileException e) {
      confirmed = OptionalLong.empty();
    }
    return new Finding(counted(connection), confirmed);
  }

  /** Writes of this database. */
  static long counted(Connection connection) throws SQLException {
    try (PreparedStatement select =
            connection.prepareStatement("select last_number from guard where name = 'commit'");
        ResultSet row = select.executeQuery()) {
      if (!row.next()) {
        throw new SQLException("the row that counts the writes is gone");
      }
      return row.getLong(1);
    }
  }

  private void mustBeNewest(Finding found, Optional<String> journal) {
    if (found.confirmed().isEmpty()) {
      throw new DatabaseException.Unproven(
          "It is not known whether the database "
              + engine.place()
              + " has all that was confirmed, because "
              + file.map(Path::toString).orElse("")
              + " is absent or damaged: restore both from the same backup; only if there is none,"
              + " take it as it is with countersignd accept-older-database.");
    }
    if (!found.isNewest() && journal.isPresent()) {
      throw new DatabaseException.Corrupt(
          "The journal "
              + journal.get()
              + " is damaged: the database "
              + engine.place()
              + " has write "
              + found.found()
              + " of "
              + found.confirmed().getAsLong()
              + " that were confirmed, so revocations may be missing: restore the newest backup; only"
              + " if there is none, take it as it is with countersignd accept-older-database.",
          null);
    }
    if (!found.isNewest()) {
      throw new DatabaseException.Behind(
          "The database "
              + engine.place()
              + " is older than what was confirmed (write "
              + found.found()
              + " of "
              + found.confirmed().getAsLong()
              + "), so revocations may be missing: restore the newest backup; only if there is none,"
              + " take it as it is with countersignd accept-older-database.");
    }
  }

  Finding finding() {
    Finding known = finding;
    if (known == null) {
      throw new IllegalStateException("only an embedded database is watched");
    }
    return known;
  }

  /** As part of the transaction: the number of the group that is about to be committed. */
  long count(Connection connection) throws SQLException {
    long next = finding().found() + counted + 1;
    try (PreparedStatement update =
        connection.prepareStatement(
            "update guard set last_number = ? where name = 'commit' and last_number = ?")) {
      update.setLong(1, next);
      update.setLong(2, next - 1);
      if (update.executeUpdate() != 1) {
        throw new SQLException("the row that counts the writes is not what it was");
      }
    }
    return next;
  }

  /** After the flush of this group and before anybody is told of it. */
  void acknowledge(long number) throws IOException {
    Acknowledged open = acknowledged;
    if (open == null) {
      throw new IllegalStateException("the database was not opened");
    }
    open.advance(number);
    counted++;
  }

  /** From now on this database is the newest. */
  void accept() throws IOException {
    Path beside = file.orElseThrow();
    Folders.replace(beside, unfinished(beside));
  }

  private static Path unfinished(Path file) {
    return file.resolveSibling(file.getFileName() + ".new");
  }

  @Override
  public void close() {
    Acknowledged open = acknowledged;
    acknowledged = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        // Every number was flushed when it counted
      }
    }
    if (accepts && file.isPresent()) {
      try {
        Files.deleteIfExists(unfinished(file.get())); // accepted or not, it is done with
      } catch (IOException e) {
        // The next time writes over it
      }
    }
  }
}
