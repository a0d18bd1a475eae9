package dev.countersign.db.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.db.Database;
import dev.countersign.db.DatabaseException;
import dev.countersign.db.DatabaseSettings;
import dev.countersign.db.FatalHandler;
import dev.countersign.db.Opening;
import dev.countersign.db.sealed.SealedPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * After a power cut at any moment the database opens, with all that was confirmed.
 *
 * <p>{@code -Dcountersign.powerCuts=5000} makes so many, {@code -Dcountersign.seed} repeats a run.
 */
class CrashImagesTest {

  private static final FatalHandler UNEXPECTED =
      (reason, cause) -> {
        throw new AssertionError(reason, cause);
      };

  private static final int CUTS = Integer.getInteger("countersign.powerCuts", 320);
  private static final int SECONDS = 8; // power cuts that are followed by others
  private static final int MOST_MISSED = 3 * SECONDS * Model.values().length; // by rounding
  private static final int LATER = 3000;
  private static final long SEED = Long.getLong("countersign.seed", new Random().nextLong());

  @TempDir private Path folder;

  @Test
  void every_image_opens_with_all_that_was_confirmed() throws Exception {
    assertThat(failures(CUTS)).as("seed " + SEED).isEmpty();
  }

  /** Else the test above shows nothing. */
  @Test
  void without_the_seals_some_images_do_not() throws Exception {
    SealedPath.register();
    FilePath.register(new Unsealed());
    try {
      assertThat(failures(160)).as("seed " + SEED).isNotEmpty();
    } finally {
      FilePath.register(new SealedPath());
    }
  }

  /** H2's file as it comes, in the place of ours. */
  public static final class Unsealed extends FilePathWrapper {
    @Override
    public String getScheme() {
      return SealedPath.SCHEME;
    }
  }

  private List<String> failures(int cuts) throws Exception {
    Random random = new Random(SEED);
    List<PowerCuts.Cut> seconds = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    int made =
        power(random)
            .each(
                cuts / 2 / Model.values().length,
                random,
                cut -> {
                  look(cut, failures.size()).ifPresent(failures::add);
                  if (random.nextInt(cuts / 2) < SECONDS) {
                    seconds.add(cut);
                  }
                });
    if (failures.isEmpty()) {
      for (PowerCuts.Cut first : seconds) {
        made += cutsAfter(first, cuts / 2 / seconds.size(), random, failures);
      }
    }
    assertThat(made).isGreaterThanOrEqualTo(failures.isEmpty() ? cuts - MOST_MISSED : 1);
    return failures;
  }

  private PowerCuts power(Random random) throws IOException {
    Path original = Files.createDirectory(folder.resolve("original-recorded"));
    Database.create(settings(original), UNEXPECTED).close();
    Map<String, Path> before = new HashMap<>();
    for (String file : List.of("countersign.mv.db", "countersign.acknowledged")) {
      before.put(file, Files.copy(original.resolve(file), folder.resolve(file)));
    }
    Recording recording = new Recording("/original-recorded/");
    RecordingPath.start(recording);
    try {
      Workload workload = new Workload(recording, random);
      for (int life = 0; life < 3; life++) {
        live(original, workload, random);
      }
    } finally {
      RecordingPath.stop();
    }
    return new PowerCuts(recording, before);
  }

  /** The file is written several times in the first of two lives, and seldom in the other. */
  private static void live(Path original, Workload workload, Random random) {
    long journal = 20_000L << random.nextInt(5);
    try (Database database = Opening.writingAfter(journal, settings(original), UNEXPECTED)) {
      workload.run(database, 25);
    }
  }

  /** Again, in the middle of putting the journal back, or of what follows. */
  private int cutsAfter(PowerCuts.Cut first, int cuts, Random random, List<String> failures)
      throws Exception {
    Path second = folder.resolve("second-recorded");
    Recording recording = new Recording("/second-recorded/");
    first.save(second);
    RecordingPath.start(recording);
    try {
      live(second, new Workload(recording, random, LATER), random);
    } finally {
      RecordingPath.stop();
      delete(second);
    }
    return new PowerCuts(recording, first)
        .each(
            Math.max(1, cuts / Model.values().length),
            random,
            cut -> look(cut, failures.size()).ifPresent(failures::add));
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  private Optional<String> look(PowerCuts.Cut cut, int failures) throws IOException {
    // H2 keeps what it could not open locked until the process ends
    Path image = Files.createDirectories(folder.resolve("image-" + failures));
    delete(image);
    cut.save(image);
    try {
      Opening.quickly(
          settings(image), connection -> new Inspection(connection, 5000).hold(cut.confirmed()));
      return Optional.empty();
    } catch (DatabaseException | AssertionError e) {
      return Optional.of(cut.name() + ": " + e);
    }
  }

  private static DatabaseSettings settings(Path directory) {
    return DatabaseSettings.embedded(directory);
  }
}
