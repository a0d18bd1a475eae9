package dev.countersign.bench.contenders;

import dev.countersign.bench.machine.Postgres;
import dev.countersign.bench.operations.Subjects;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Those that are on the path. */
public final class Peers {
  private Peers() {}

  /**
   * Makes them.
   *
   * @param postgres if there is one; who can is measured over it too
   */
  public static List<Contender> make(Path work, Subjects subjects, @Nullable Postgres postgres)
      throws IOException, SQLException {
    List<Contender> found = new ArrayList<>();
    Optional<Path> cfssl = PeerProcess.find("cfssl");
    if (cfssl.isPresent()) {
      found.add(new Cfssl(cfssl.get(), folder(work, "cfssl")).make(subjects));
      if (postgres != null) {
        found.add(
            new Cfssl(cfssl.get(), folder(work, "cfssl-postgresql")).makeOver(postgres, subjects));
      }
    }
    Optional<Path> stepCa = PeerProcess.find("step-ca");
    if (stepCa.isPresent()) {
      found.add(new StepCa(stepCa.get(), folder(work, "step-ca")).make(subjects));
    }
    return found;
  }

  private static Path folder(Path work, String name) throws IOException {
    return Files.createDirectory(work.resolve(name));
  }
}
