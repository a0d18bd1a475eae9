package dev.countersign.server.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.countersign.db.testing.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives out authorities on the embedded database, each a copy of one that was initialised, has
 * served once, and has an admin. All have the same ports: one serves at a time.
 */
final class Sites implements AutoCloseable {
  private final Path folder;
  private @Nullable Site template;
  private int made;

  private Sites() {
    try {
      folder = Files.createTempDirectory("countersign-faults");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  synchronized Site fresh() throws Exception {
    Site original = template;
    if (original == null) {
      original = make(bare());
      template = original;
    }
    Site copy = bare();
    copyTree(original.place(), copy.place());
    return copy;
  }

  /** A place for an authority that is not there yet. */
  synchronized Site bare() throws IOException {
    made++;
    return new Site(Files.createDirectory(folder.resolve("site-" + made)));
  }

  /** Initialises with these further options, and enrols the admin with a first server. */
  static Site make(Site site, String... more) throws Exception {
    String string = initialize(site, more);
    try (Daemon daemon = site.serve()) {
      Site.enroll(Site.parse(string), site.folder("admin"), daemon.https());
    }
    return site;
  }

  static String initialize(Site site, String... more) throws Exception {
    List<Integer> ports = Ports.free(3);
    List<String> command =
        new ArrayList<>(
            List.of("init", "--dir", site.directory().toString(), "--hostname", "localhost"));
    command.addAll(List.of("--https-port", ports.get(0).toString()));
    command.addAll(List.of("--http-port", ports.get(1).toString()));
    command.addAll(List.of("--management-port", ports.get(2).toString()));
    command.addAll(List.of(more));
    return Program.inProcess(command.toArray(String[]::new)).with(0).out().strip();
  }

  static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        if (!Files.isDirectory(copy, LinkOption.NOFOLLOW_LINKS)) {
          Files.copy(file, copy, LinkOption.NOFOLLOW_LINKS, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
  }

  static void deleteTree(Path tree) throws IOException {
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  static void replace(Path file, String old, String by) throws IOException {
    String text = Files.readString(file, UTF_8);
    if (!text.contains(old)) {
      throw new AssertionError(file + " has no " + old + ": " + text);
    }
    Files.writeString(file, text.replace(old, by), UTF_8);
  }

  @Override
  public void close() throws IOException {
    deleteTree(folder);
  }

  /** Gives the sites of this run to whoever has them as a parameter. */
  static final class Shared implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == Sites.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return context
          .getStore(
              ExtensionContext.StoreScope.LAUNCHER_SESSION,
              ExtensionContext.Namespace.create(Sites.class))
          .computeIfAbsent(Sites.class, key -> new Sites(), Sites.class);
    }
  }
}
