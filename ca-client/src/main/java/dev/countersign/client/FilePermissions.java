package dev.countersign.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Who besides the owner may read a credential: a mode for its files and, if wanted, a group. */
public record FilePermissions(Optional<String> group, int mode) {
  public static final FilePermissions OWNER_ONLY = new FilePermissions(Optional.empty(), 0600);

  public FilePermissions {
    if ((mode & 0600) != 0600 || (mode & ~0660) != 0) {
      throw new IllegalArgumentException(
          "mode "
              + octal(mode)
              + " does not fit a private key: choose 0600, 0640 or 0660 (the owner reads and"
              + " writes, others never do)");
    }
  }

  /** The usual mode: a group that is named is meant to read. */
  public static FilePermissions of(Optional<String> group, Optional<Integer> mode) {
    return new FilePermissions(group, mode.orElse(group.isPresent() ? 0640 : 0600));
  }

  public static int parseMode(String text) {
    if (!text.matches("0?[0-7]{3}")) {
      throw new IllegalArgumentException(
          "mode \"" + text + "\" is not three octal digits, such as 0640");
    }
    return Integer.parseInt(text, 8);
  }

  public String modeText() {
    return octal(mode);
  }

  private static String octal(int mode) {
    return String.format(Locale.ROOT, "%04o", mode);
  }

  /** Folders can be passed through by those who may read the files in them. */
  Set<PosixFilePermission> folder() {
    Set<PosixFilePermission> set =
        EnumSet.of(
            PosixFilePermission.OWNER_READ,
            PosixFilePermission.OWNER_WRITE,
            PosixFilePermission.OWNER_EXECUTE);
    if ((mode & 0040) != 0) {
      set.add(PosixFilePermission.GROUP_READ);
      set.add(PosixFilePermission.GROUP_EXECUTE);
    }
    return set;
  }

  Set<PosixFilePermission> file() {
    Set<PosixFilePermission> set =
        EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    if ((mode & 0040) != 0) {
      set.add(PosixFilePermission.GROUP_READ);
    }
    if ((mode & 0020) != 0) {
      set.add(PosixFilePermission.GROUP_WRITE);
    }
    return set;
  }

  void apply(Path path, boolean isFolder) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
    if (view == null) {
      throw new IOException("the file system of " + path + " has no owner, group and mode");
    }
    if (group.isPresent()) {
      // The group first: the other way round, the wrong group could read for a moment.
      view.setGroup(principal(path));
    }
    view.setPermissions(isFolder ? folder() : file());
  }

  GroupPrincipal principal(Path on) throws IOException {
    String name = group.orElseThrow();
    try {
      return on.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(name);
    } catch (UserPrincipalNotFoundException e) {
      throw new UnknownGroupException(name, e);
    }
  }

  /** Names the group itself: newer JDKs leave the names of users and groups out of theirs. */
  static final class UnknownGroupException extends IOException {
    private static final long serialVersionUID = 1;
    final String group;

    private UnknownGroupException(String group, UserPrincipalNotFoundException cause) {
      super(group, cause);
      this.group = group;
    }
  }
}
