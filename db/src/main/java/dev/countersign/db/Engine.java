package dev.countersign.db;

import dev.countersign.db.sealed.ForeignFileException;
import dev.countersign.db.sealed.ScratchPath;
import dev.countersign.db.sealed.SealedPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** How to connect to one database, to write and to read, and what a failure to do so means. */
final class Engine {

  /** All rights, no password: who may read the file may read the database. */
  private static final String H2_OWNER = "sa";

  /** Granted nothing but {@code select}; H2 takes a connection's "read only" as a hint. */
  static final String H2_READER = "reader";

  /** For H2: a time that does not come. */
  static final int NEVER = Integer.MAX_VALUE;

  // MODE, case and null ordering: as PostgreSQL. WRITE_DELAY: the journal keeps what is committed,
  // and we say when the file is written; with 0 every commit would write it, and without a delay H2
  // has no threads that write while others go on. AUTO_COMPACT_FILL_RATE=0: nor does H2 rewrite
  // chunks when it likes. DB_CLOSE_ON_EXIT=FALSE: H2's own shutdown hook would close
  // the database under a commit. FILE_LOCK=FS: vanishes with the process. RETENTION_TIME=0: room is
  // used again as soon as nothing needs it; H2 waits for disks that write late, we flush every
  // state. MAX_COMPACT_TIME=0: when closing, H2 moves chunks over others that the flushed state
  // needs. QUERY_CACHE_SIZE: more than the 8 statements that are prepared again otherwise.
  // TRACE_LEVEL_FILE=0: what goes wrong is thrown, and told once; a file of stack traces and
  // statements beside the database helps nobody.
  private static final String H2_SETTINGS =
      ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;WRITE_DELAY="
          + NEVER
          + ";AUTO_COMPACT_FILL_RATE=0;DB_CLOSE_ON_EXIT=FALSE;FILE_LOCK=FS;RETENTION_TIME=0"
          + ";MAX_COMPACT_TIME=0;QUERY_CACHE_SIZE=64;TRACE_LEVEL_FILE=0";

  private static final String EXISTING_ONLY = ";IFEXISTS=TRUE";

  // How long PostgreSQL may be silent, in seconds, before its connection is given up. Who reads, or
  // is in a group, waits for that; a migration may rewrite a table of millions, an inspection
  // counts its rows.
  private static final int TRIAL = 2;
  static final int READ = 5;
  private static final int WRITE = 10;
  private static final int MIGRATION = 3600;
  private static final int INSPECTION = 600;
  private static final int CONNECT = 3;
  // A standby that was just promoted is soon looked at again
  private static final int HOST_RECHECK = 1;

  // A journal so long is put back in about a second
  private static final long JOURNAL = 8L * 1024 * 1024;

  private final DatabaseSettings settings;
  private final Dialect dialect;
  private final long journalLength;

  private Engine(DatabaseSettings settings, long journalLength) {
    this.settings = settings;
    this.journalLength = journalLength;
    this.dialect = Dialect.of(settings.url());
    if (dialect == Dialect.H2) {
      SealedPath.register();
      ScratchPath.register();
    }
  }

  static Engine of(DatabaseSettings settings) {
    return new Engine(settings, JOURNAL);
  }

  /**
   * One whose embedded database is written more often, or less.
   *
   * @param bytes of the journal after which it is
   */
  static Engine of(DatabaseSettings settings, long bytes) {
    return new Engine(settings, bytes);
  }

  long journalLength() {
    return journalLength;
  }

  Dialect dialect() {
    return dialect;
  }

  String place() {
    return settings.place();
  }

  Optional<Path> embeddedFile() {
    return settings.embeddedFile();
  }

  DataSource writer() {
    return dialect == Dialect.H2 ? h2(H2_OWNER, H2_SETTINGS + EXISTING_ONLY) : postgresql(WRITE);
  }

  /** For changing the schema, which may take its time. */
  DataSource migrator() {
    return dialect == Dialect.H2 ? writer() : postgresql(MIGRATION);
  }

  /** May make the embedded file; the other engine's database is its administrator's to make. */
  DataSource creator() {
    return dialect == Dialect.H2 ? h2(H2_OWNER, H2_SETTINGS) : postgresql(MIGRATION);
  }

  DataSource reader() {
    // Not the owner's settings: setting them takes rights, and the first connection has done it.
    if (dialect == Dialect.H2) {
      return h2(H2_READER, EXISTING_ONLY);
    }
    PGSimpleDataSource source = postgresql(READ);
    source.setReadOnlyMode("always"); // else a connection in autocommit writes all the same
    return source;
  }

  /**
   * Asks over a connection of its own.
   *
   * @throws SQLException when there is no answer, within a short time
   */
  boolean isAnswering() throws SQLException {
    if (dialect == Dialect.H2) {
      return true; // is in this process
    }
    try (Connection connection = postgresql(TRIAL).getConnection();
        Statement statement = connection.createStatement()) {
      return statement.execute("select 1");
    }
  }

  /** Cannot write, and opens an embedded database without writing to its file. */
  DataSource inspector() {
    if (dialect == Dialect.H2) {
      return h2(H2_OWNER, H2_SETTINGS + EXISTING_ONLY + ";ACCESS_MODE_DATA=r");
    }
    PGSimpleDataSource source = postgresql(INSPECTION);
    source.setReadOnlyMode("always");
    return source;
  }

  /** Can write, but not to the file of the embedded database: it keeps in memory what it writes. */
  DataSource scratch() {
    return h2(ScratchPath.SCHEME + ":" + SealedPath.FILE, H2_OWNER, H2_SETTINGS + EXISTING_ONLY);
  }

  private DataSource h2(String user, String more) {
    return h2(SealedPath.FILE, user, more);
  }

  private DataSource h2(String scheme, String user, String more) {
    String path = settings.url().substring(DatabaseSettings.EMBEDDED.length());
    JdbcDataSource source = new JdbcDataSource();
    source.setURL("jdbc:h2:" + SealedPath.SCHEME + ":" + scheme + path + more);
    source.setUser(user);
    source.setPassword("");
    return source;
  }

  private PGSimpleDataSource postgresql(int silence) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setURL(settings.url());
    source.setApplicationName("countersignd");
    source.setTcpKeepAlive(true);
    source.setConnectTimeout(Math.min(CONNECT, silence));
    source.setSocketTimeout(silence);
    source.setHostRecheckSeconds(HOST_RECHECK);
    // Of several hosts: what a standby says may be a moment old, and a revoked certificate good
    source.setTargetServerType("primary");
    settings.user().ifPresent(source::setUser);
    settings.passwordFile().map(Engine::password).ifPresent(source::setPassword);
    return source;
  }

  private static String password(Path file) {
    try {
      if (Files.getFileAttributeView(file, PosixFileAttributeView.class) != null) {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        if (permissions.contains(PosixFilePermission.OTHERS_READ)) {
          throw new DatabaseException.BadSettings(
              "Everyone on this machine can read the password in " + file + ": chmod o-r it.");
        }
      }
      String text = Files.readString(file);
      return text.lines().findFirst().orElse("").strip();
    } catch (IOException e) {
      throw new DatabaseException.BadSettings(
          "The database password cannot be read from " + file + ": " + e.getMessage() + ".");
    }
  }

  /** The exception that tells an operator what to do about a failure to open. */
  DatabaseException explain(Exception thrown) {
    if (thrown instanceof DatabaseException e) {
      return e;
    }
    Optional<SQLException> sql = SqlFaults.in(thrown);
    if (sql.isEmpty()) {
      return new DatabaseException.Unreachable(
          "The database at " + place() + " cannot be opened: " + thrown.getMessage() + ".", thrown);
    }
    return dialect == Dialect.H2 ? explainH2(sql.get()) : explainPostgresql(sql.get());
  }

  private DatabaseException explainH2(SQLException e) {
    // Before the codes: H2 has several for a file that it may not open, some of them of damage
    if (SqlFaults.isDenied(e)) {
      return new DatabaseException.NotPermitted(
          "The database file "
              + place()
              + " may not be read and written by this user: correct its owner and mode.",
          e);
    }
    if (SqlFaults.cause(e, ForeignFileException.class).isPresent()) {
      return foreign(e);
    }
    return switch (e.getErrorCode()) {
      case 90146, 90013 -> absent(e); // not found, with IFEXISTS
      case 90020 ->
          new DatabaseException.InUse(
              "Another process has the database " + place() + " open: stop it first.", e);
      case 28000, 90079 -> foreign(e); // wrong password; no schema of that name
      case 90097, 90023 ->
          new DatabaseException.NotPermitted(
              "The database file " + place() + " is read only: correct its owner and mode.", e);
      default -> corrupt(e);
    };
  }

  private DatabaseException explainPostgresql(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    if (state.startsWith("28")) {
      return new DatabaseException.WrongPassword(
          "PostgreSQL at "
              + place()
              + " does not accept this user and password: correct them in"
              + " the configuration and the password file.",
          e);
    }
    if (state.equals("3D000")) {
      return new DatabaseException.Absent(
          "PostgreSQL has no database " + place() + ": create it, then run countersignd init.", e);
    }
    if (state.equals("42501")) {
      return new DatabaseException.WrongPassword(
          "The user may not make or change tables in " + place() + ": grant it the schema.", e);
    }
    // Of what follows the driver has no states: words that are in its message in every language
    String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    if (SqlFaults.cause(e, SSLException.class).isPresent()
        || message.contains("hostnameverifier")) {
      return new DatabaseException.Unreachable(
          "PostgreSQL at "
              + place()
              + " cannot be trusted: check its certificate, the name in it, and the root that"
              + " sslrootcert in the URL names.",
          e);
    }
    if (message.contains("targetservertype")) {
      return new DatabaseException.Unreachable(
          "PostgreSQL at "
              + place()
              + " is a standby or cannot be reached: check that one of its hosts runs as primary.",
          e);
    }
    return new DatabaseException.Unreachable(
        "PostgreSQL at "
            + place()
            + " cannot be reached: check that it runs and takes connections from here.",
        e);
  }

  DatabaseException absent(@Nullable Throwable cause) {
    return new DatabaseException.Absent(
        "There is no database at "
            + place()
            + ": put it back from a backup; only where there was none yet, run countersignd init.",
        cause);
  }

  private DatabaseException foreign(SQLException e) {
    return new DatabaseException.Foreign(
        "The database "
            + place()
            + " is not one of Countersign's: restore the right file from a backup, or choose"
            + " another folder.",
        e);
  }

  private DatabaseException corrupt(SQLException e) {
    return new DatabaseException.Corrupt(
        "The database "
            + place()
            + " is damaged"
            + SqlFaults.damage(e).map(damage -> " in block " + damage.block()).orElse("")
            + ": put the file aside and restore it from a backup.",
        e);
  }
}
