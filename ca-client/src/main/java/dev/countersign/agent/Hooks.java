package dev.countersign.agent;

import dev.countersign.client.ClientException;
import dev.countersign.client.ClientException.Kind;
import dev.countersign.client.LocalFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The hooks of a credential, in {@code hooks.json} beside it. They are commands that the agent
 * runs, so they count only where nobody else could have written them.
 */
public final class Hooks {
  public static final String FILE = "hooks.json";

  private static final int VERSION = 1;
  private static final Set<PosixFilePermission> WRITE =
      Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

  /** The file. */
  record Document(int version, List<Hook> hooks) {
    Document {
      if (version != VERSION) {
        throw new IllegalArgumentException("it is of version " + version);
      }
      hooks = List.copyOf(hooks);
    }
  }

  private final Path folder;
  private final FolderFile<Document> file;

  private Hooks(Path folder) {
    this.folder = folder;
    this.file = new FolderFile<>(folder.resolve(FILE), Document.class);
  }

  public static Hooks in(Path folder) {
    return new Hooks(folder.toAbsolutePath().normalize());
  }

  public List<Hook> read() {
    return file.read().map(Document::hooks).orElse(List.of());
  }

  /** Those that may be run. */
  List<Hook> trusted() {
    List<Hook> hooks = read();
    if (!hooks.isEmpty()) {
      requireOurs(folder);
      requireOurs(file.path());
    }
    return hooks;
  }

  /** Adds a hook, or replaces the one of its name. */
  public void set(Hook hook) {
    List<Hook> all = new ArrayList<>(read());
    int at = all.stream().map(Hook::name).toList().indexOf(hook.name());
    if (at < 0) {
      all.add(hook);
    } else {
      all.set(at, hook);
    }
    file.write(new Document(VERSION, all));
  }

  /** Whether there was one. */
  public boolean remove(String name) {
    List<Hook> all = new ArrayList<>(read());
    boolean was = all.removeIf(hook -> hook.name().equals(name));
    if (was) {
      file.write(new Document(VERSION, all));
    }
    return was;
  }

  private void requireOurs(Path path) {
    try {
      UserPrincipal owner = Files.getOwner(path, LinkOption.NOFOLLOW_LINKS);
      boolean ours = owner.getName().equals("root") || owner.equals(self(path));
      boolean open =
          Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS).stream()
              .anyMatch(WRITE::contains);
      if (!ours || open) {
        throw new ClientException(
            Kind.LOCAL_FILES,
            "The hooks in "
                + file.path()
                + " are not run: "
                + path
                + (ours ? " can be written to by others" : " belongs to " + owner.getName())
                + ", who could have them run what they like. Run the agent as the folder's owner,"
                + " or give file and folder to root and write permission to nobody else.");
      }
    } catch (IOException e) {
      throw LocalFiles.failure("see whose the hooks are", path, e);
    }
  }

  /** As whom this process runs. */
  static UserPrincipal self(Path near) throws IOException {
    Path process = Path.of("/proc/self");
    return Files.exists(process)
        ? Files.getOwner(process)
        : near.getFileSystem()
            .getUserPrincipalLookupService()
            .lookupPrincipalByName(System.getProperty("user.name", ""));
  }
}
