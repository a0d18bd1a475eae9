package dev.countersign.db;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the database is.
 *
 * @param url a JDBC URL, without a password
 * @param user empty for the embedded database
 * @param passwordFile a file whose first line is the password, so that it appears in no
 *     configuration, process list or log
 */
public record DatabaseSettings(String url, Optional<String> user, Optional<Path> passwordFile) {

  private static final String EMBEDDED = "jdbc:h2:file:";

  public DatabaseSettings {
    if (url.matches("(?i).*[?&;](password|pwd)=.*")) {
      throw new DatabaseException.BadSettings(
          "The database URL contains a password: put it into a file of its own, and that file's"
              + " path into passwordFile.");
    }
  }

  /** The embedded database in a folder, in the file {@code countersign.mv.db}. */
  public static DatabaseSettings embedded(Path directory) {
    String path = directory.toAbsolutePath().normalize().resolve("countersign").toString();
    if (path.contains(";")) {
      throw new DatabaseException.BadSettings(
          "The path " + path + " contains a semicolon, which the embedded database cannot take.");
    }
    return new DatabaseSettings(EMBEDDED + path, Optional.empty(), Optional.empty());
  }

  Optional<Path> embeddedFile() {
    if (!url.startsWith(EMBEDDED)) {
      return Optional.empty();
    }
    int settings = url.indexOf(';');
    String path = url.substring(EMBEDDED.length(), settings < 0 ? url.length() : settings);
    return Optional.of(Path.of(path + ".mv.db"));
  }

  /** For messages: what an operator recognises, nothing secret. */
  String place() {
    return embeddedFile().map(Path::toString).orElse(url.replaceAll("[?;].*", ""));
  }
}
