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

  /** What the URL of an embedded database begins with; H2 itself is given another. */
  static final String EMBEDDED = "jdbc:h2:file:";

  public DatabaseSettings {
    if (url.matches("(?i).*[?&;](password|pwd)=.*")) {
      throw new DatabaseException.BadSettings(
          "The database URL contains a password: put it into a file of its own, and that file's"
              + " path into passwordFile.");
    }
    if (url.contains(";") && url.startsWith(EMBEDDED)) {
      throw new DatabaseException.BadSettings(
          "The embedded database at "
              + url.substring(EMBEDDED.length())
              + " cannot be used: a path with a semicolon, or with settings of H2, is not taken.");
    }
  }

  /** The embedded database in a folder, in the file {@code countersign.mv.db}. */
  public static DatabaseSettings embedded(Path directory) {
    String path = directory.toAbsolutePath().normalize().resolve("countersign").toString();
    return new DatabaseSettings(EMBEDDED + path, Optional.empty(), Optional.empty());
  }

  Optional<Path> embeddedFile() {
    return url.startsWith(EMBEDDED)
        ? Optional.of(Path.of(url.substring(EMBEDDED.length()) + ".mv.db"))
        : Optional.empty();
  }

  /** For messages: what an operator recognises, nothing secret. */
  String place() {
    return embeddedFile().map(Path::toString).orElse(url.replaceAll("[?;].*", ""));
  }
}
