package dev.countersign.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was acknowledged survives the death of the process (H2; PostgreSQL is another process). */
class DurabilityTest {

  private static final FatalHandler UNEXPECTED =
      (reason, cause) -> {
        throw new AssertionError(reason, cause);
      };

  @TempDir private Path folder;

  @Test
  void what_was_acknowledged_is_there_after_kill_9() throws IOException {
    DatabaseSettings settings = DatabaseSettings.embedded(folder);
    Database.create(settings, UNEXPECTED).close();
    Set<Long> acknowledged = new HashSet<>();
    for (int life = 0; life < 3; life++) {
      acknowledged.addAll(acknowledgedByAProcessKilledAfter(300 + 200 * life, life * 1_000_000L));
      try (Database database = Database.open(settings, UNEXPECTED)) {
        List<Long> rows =
            database.read(
                handle ->
                    handle
                        .createQuery("select number from trust_bundle where roots like 'xxx%'")
                        .mapTo(Long.class)
                        .list());
        assertThat(new HashSet<>(rows)).as("rows of life %s", life).containsAll(acknowledged);
      }
    }
  }

  private List<Long> acknowledgedByAProcessKilledAfter(int count, long first) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                classPath(),
                KilledWriter.class.getName(),
                folder.toString(),
                Long.toString(first))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<Long> acknowledged = new ArrayList<>();
    try (BufferedReader lines = process.inputReader()) {
      assertThat(firstOf(lines)).isEqualTo("open");
      inUse();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.endsWith(".")) {
          acknowledged.add(Long.valueOf(line.substring(0, line.length() - 1)));
        }
        if (acknowledged.size() == count) {
          process.toHandle().destroyForcibly(); // SIGKILL; what is in the pipe was acknowledged too
        }
      }
    } finally {
      process.destroyForcibly();
    }
    assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(count);
    return acknowledged;
  }

  private static String classPath() {
    // A test launcher may load the tests through a loader of its own.
    return KilledWriter.class.getClassLoader() instanceof URLClassLoader loader
        ? Arrays.stream(loader.getURLs()).map(URL::getPath).collect(Collectors.joining(":"))
        : System.getProperty("java.class.path");
  }

  /** Flyway and the pool log to standard output here. */
  private static String firstOf(BufferedReader lines) throws IOException {
    String line = lines.readLine();
    while (line != null && !line.equals("open")) {
      line = lines.readLine();
    }
    return String.valueOf(line);
  }

  private void inUse() {
    assertThatThrownBy(() -> Database.open(DatabaseSettings.embedded(folder), UNEXPECTED))
        .isInstanceOf(DatabaseException.InUse.class)
        .hasMessageContaining("stop it first");
  }
}
