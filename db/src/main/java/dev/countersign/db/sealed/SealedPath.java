package dev.countersign.db.sealed;

import java.io.IOException;
import java.nio.channels.FileChannel;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;

/** The scheme {@code sealed:} of H2's file names; H2 makes its instances by itself. */
public final class SealedPath extends FilePathWrapper {

  public static final String SCHEME = "sealed";

  /** H2's name for a file of the file system, under the seals. */
  public static final String FILE = "file:";

  static final String DATABASE = ".mv.db";

  private static boolean registered;

  /** Before H2 is given such a name; repeating it does nothing. */
  public static synchronized void register() {
    if (!registered) {
      FilePath.register(new SealedPath());
      registered = true;
    }
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public FileChannel open(String mode) throws IOException {
    FileChannel channel = super.open(mode);
    if (!name.endsWith(DATABASE)) {
      return channel;
    }
    return new SealedFile(channel, name.substring(name.indexOf(':') + 1), !mode.equals("r"));
  }
}
