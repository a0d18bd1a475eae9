package dev.countersign.bench;

import dev.countersign.bench.contenders.Contender;
import dev.countersign.bench.contenders.Countersign;
import dev.countersign.bench.contenders.Peers;
import dev.countersign.bench.floor.FloorProcess;
import dev.countersign.bench.machine.Authority;
import dev.countersign.bench.machine.Disk;
import dev.countersign.bench.machine.Jdk;
import dev.countersign.bench.machine.Postgres;
import dev.countersign.bench.machine.ProcessStatus;
import dev.countersign.bench.operations.Subjects;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** All processes of a run: made, started, and ended with it. */
final class Field implements AutoCloseable {
  static final String H2 = "h2";
  static final String POSTGRESQL = "postgresql";
  static final List<String> DATABASES = List.of(H2, POSTGRESQL);

  private static final int REQUESTS_OF_FLOOR = 500;

  private final Path project;
  private final Path work = Files.createTempDirectory("countersign-bench");
  // Ended from outside, it leaves neither processes nor files behind either
  private final Thread atExit = new Thread(this::end);
  private final Subjects subjects;
  private final Consumer<String> progress;
  private final List<Contender> contenders = new ArrayList<>();
  private final Map<Results.Floor, FloorProcess> floors = new LinkedHashMap<>();
  private @Nullable Postgres postgres;
  private @Nullable Countersign first;

  /**
   * @param project the folder with {@code scripts}
   * @param keys of how many subjects
   */
  Field(Path project, int keys, Consumer<String> progress) throws IOException {
    this.project = project;
    this.progress = progress;
    subjects = new Subjects(keys, new SecureRandom());
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** Where all is written that is removed at the end. */
  Path work() {
    return work;
  }

  /** Makes a server with each JDK over each database. */
  void enter(List<Jdk> jdks, List<String> databases, List<String> initOptions)
      throws IOException, InterruptedException, SQLException {
    if (databases.contains(POSTGRESQL)) {
      progress.accept("start PostgreSQL");
      postgres = Postgres.start(work.resolve("postgres"));
    }
    for (String database : databases) {
      for (Jdk jdk : jdks) {
        progress.accept("make an authority over " + database + " with Java " + jdk.version());
        Countersign made =
            Countersign.make(
                new Authority.Programs(project, jdk),
                database.equals(POSTGRESQL) ? postgres : null,
                work,
                database + "_" + (contenders.size() + 1),
                initOptions,
                subjects);
        contenders.add(made);
        if (first == null) {
          first = made;
        }
      }
    }
    contenders.addAll(Peers.make(work, subjects, postgres));
  }

  /** Starts each, several times, and says how long that took. */
  void start(int times, Results results) throws IOException, InterruptedException {
    for (int i = 0; i < times; i++) {
      for (Contender contender : contenders) {
        double seconds = contender.start();
        results.add(contender, new Results.Start(seconds, ProcessStatus.resident(contender.pid())));
      }
    }
  }

  /** Bare cryptography with each JDK, for certificates in the form of the first server. */
  void startFloors(List<Jdk> jdks) throws IOException, InterruptedException {
    Path certificate = work.resolve("template.pem");
    Countersign maker = Objects.requireNonNull(first, "no server was entered");
    Files.writeString(certificate, maker.target().sample().toPem());
    StringBuilder pem = new StringBuilder();
    for (int i = 0; i < Math.min(REQUESTS_OF_FLOOR, subjects.count()); i++) {
      pem.append(subjects.requestPem(i));
    }
    Path requests = work.resolve("requests.pem");
    Files.writeString(requests, pem);
    for (Jdk jdk : jdks) {
      FloorProcess process = new FloorProcess(jdk, certificate, requests);
      floors.put(new Results.Floor(jdk.version(), process.provider()), process);
    }
  }

  List<Contender> contenders() {
    return contenders;
  }

  Map<Results.Floor, FloorProcess> floors() {
    return floors;
  }

  /** What is to be known of what was run. */
  List<String> notes() throws IOException, SQLException {
    List<String> notes = new ArrayList<>();
    Postgres running = postgres;
    if (running != null) {
      notes.add(
          "PostgreSQL "
              + running.version()
              + " with its default settings; its CPU is that of all its processes.");
    }
    List<String> sizes = new ArrayList<>();
    for (Contender contender : contenders) {
      contender.database().ifPresent(sizes::add);
    }
    notes.add("Databases at the end: " + String.join("; ", sizes) + ".");
    return notes;
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(atExit);
    end();
  }

  private void end() {
    try {
      for (FloorProcess floor : floors.values()) {
        floor.close();
      }
      for (Contender contender : contenders) {
        contender.close();
      }
      // An authority that was just being made
      ProcessHandle.current().descendants().forEach(ProcessHandle::destroy);
      Postgres running = postgres;
      if (running != null) {
        running.close();
      }
      Disk.remove(work);
    } catch (IOException e) {
      progress.accept("not all was ended and removed: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
