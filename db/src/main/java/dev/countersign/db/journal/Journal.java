package dev.countersign.db.journal;

import dev.countersign.db.journal.Format.Owner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.h2.store.fs.FilePath;

/**
 * The journal of a database that is open. Records are appended to one of two files; when {@link
 * #turn} is called the other one takes over, and the first is free again when all that is in it is
 * in the database's own file, which {@link #release} says.
 *
 * <p>To be used by one thread at a time; only {@link #release} may be called meanwhile.
 */
public final class Journal implements AutoCloseable {

  /** More than memory holds of a group; a longer record is taken for no record. */
  static final int MOST = 512 * 1024 * 1024;

  private final long lineage;
  private final List<JournalFile> files;
  private long turn = 1;
  private volatile boolean otherNeeded;

  private Journal(long lineage, List<JournalFile> files) {
    this.lineage = lineage;
    this.files = files;
  }

  /** The files of the journal beside this database. */
  public static List<Path> files(Path database) {
    String name = String.valueOf(database.getFileName()).replaceFirst("\\.mv\\.db$", "");
    return List.of(
        database.resolveSibling(name + ".journal-0"), database.resolveSibling(name + ".journal-1"));
  }

  /** Whether there is one beside this database, which was not closed in an orderly way then. */
  public static boolean isBeside(Path database) {
    return files(database).stream().anyMatch(file -> Format.path(file).exists());
  }

  /**
   * An empty one.
   *
   * @param lineage in the database already, and on the disk
   */
  public static Journal create(Path database, long lineage) throws IOException {
    List<JournalFile> files = new ArrayList<>();
    try {
      for (Path path : files(database)) {
        files.add(JournalFile.create(path, new Owner(lineage, files.size())));
      }
      return new Journal(lineage, files);
    } catch (IOException e) {
      for (JournalFile file : files) {
        file.close();
      }
      throw e;
    }
  }

  /** Takes the files away, when all that is in them is in the database's own file. */
  public static void delete(Path database) {
    for (Path file : files(database)) {
      FilePath path = Format.path(file);
      if (path.exists()) {
        path.delete();
      }
    }
  }

  /** Puts the files aside, where they are neither read nor written: it may be the only copy. */
  public static List<Path> setAside(Path database) {
    List<Path> kept = new ArrayList<>();
    for (Path file : files(database)) {
      FilePath path = Format.path(file);
      if (path.exists()) {
        Path aside = aside(file);
        path.moveTo(Format.path(aside), false);
        kept.add(aside);
      }
    }
    return kept;
  }

  private static Path aside(Path file) {
    for (int i = 1; ; i++) {
      Path aside = file.resolveSibling(file.getFileName() + ".aside" + i);
      if (!Format.path(aside).exists()) {
        return aside;
      }
    }
  }

  private JournalFile current() {
    return files.get((int) (turn % files.size()));
  }

  /** Returns when the changes are on the disk. */
  public void append(long number, ByteBuffer changes) throws IOException {
    if (changes.remaining() > MOST) {
      throw new IOException("a group of writes of " + changes.remaining() + " bytes is too large");
    }
    current().append(number, changes);
  }

  /** How long the file is that is written to now. */
  public long length() {
    return current().length();
  }

  /** From now on the other file is written to. */
  public void turn() throws IOException {
    if (otherNeeded) {
      throw new IllegalStateException("what is in the other file is still needed");
    }
    otherNeeded = true;
    turn++;
    current().begin(new Owner(lineage, turn));
  }

  /** All that was appended before the last turn is in the database's file, and on the disk. */
  public void release() {
    otherNeeded = false;
  }

  @Override
  public void close() throws IOException {
    for (JournalFile file : files) {
      file.close();
    }
  }
}
