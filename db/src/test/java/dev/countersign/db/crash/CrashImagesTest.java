package dev.countersign.db.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.db.Database;
import dev.countersign.db.DatabaseException;
import dev.countersign.db.DatabaseSettings;
import dev.countersign.db.FatalHandler;
import dev.countersign.db.Opening;
import dev.countersign.db.sealed.SealedPath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
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
    Path original = Files.createDirectory(folder.resolve("original-recorded"));
    Database.create(settings(original), UNEXPECTED).close();
    Map<String, Path> before = new HashMap<>();
    for (String file : List.of("countersign.mv.db", "countersign.acknowledged")) {
      before.put(file, Files.copy(original.resolve(file), folder.resolve(file)));
    }
    Recording recording = record(original, random);
    PowerCuts power = new PowerCuts(recording, before);
    List<String> failures = new ArrayList<>();
    int made =
        power.each(
            cuts / Model.values().length,
            random,
            cut -> {
              // H2 keeps what it could not open locked until the process ends
              Path image = folder.resolve("image-" + failures.size());
              cut.save(image);
              look(image, cut).ifPresent(failures::add);
            });
    assertThat(made).isGreaterThanOrEqualTo(cuts - Model.values().length);
    return failures;
  }

  private static Recording record(Path original, Random random) {
    Recording recording = new Recording("/original-recorded/");
    RecordingPath.start(recording);
    try {
      Workload workload = new Workload(recording, random);
      for (int life = 0; life < 3; life++) {
        try (Database database = Database.open(settings(original), UNEXPECTED)) {
          workload.run(database, 25);
        }
      }
    } finally {
      RecordingPath.stop();
    }
    return recording;
  }

  private static Optional<String> look(Path image, PowerCuts.Cut cut) {
    try {
      Opening.quickly(
          settings(image), connection -> new Inspection(connection, 1000).hold(cut.confirmed()));
      return Optional.empty();
    } catch (DatabaseException | AssertionError e) {
      return Optional.of(cut.name() + ": " + e);
    }
  }

  private static DatabaseSettings settings(Path directory) {
    return DatabaseSettings.embedded(directory);
  }
}
