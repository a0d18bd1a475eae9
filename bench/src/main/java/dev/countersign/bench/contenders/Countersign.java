package dev.countersign.bench.contenders;

import dev.countersign.bench.load.Load;
import dev.countersign.bench.load.Usage;
import dev.countersign.bench.machine.Authority;
import dev.countersign.bench.machine.Postgres;
import dev.countersign.bench.machine.ProcessStatus;
import dev.countersign.bench.operations.Operation;
import dev.countersign.bench.operations.Subjects;
import dev.countersign.bench.operations.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An authority of this project with one JDK, over one database. */
public final class Countersign implements Contender {
  private final Authority authority;
  private final @Nullable Postgres postgres;
  private final String name;
  private final Subjects subjects;
  private @Nullable Target target;

  private Countersign(
      Authority authority, @Nullable Postgres postgres, String name, Subjects subjects) {
    this.authority = authority;
    this.postgres = postgres;
    this.name = name;
    this.subjects = subjects;
  }

  /**
   * Makes one.
   *
   * @param postgres null for the embedded database
   * @param name of its folder, and of its database in PostgreSQL
   */
  public static Countersign make(
      Authority.Programs programs,
      @Nullable Postgres postgres,
      Path work,
      String name,
      List<String> initOptions,
      Subjects subjects)
      throws IOException, InterruptedException, SQLException {
    Path folder = Files.createDirectory(work.resolve(name));
    List<String> options = new ArrayList<>(initOptions);
    if (postgres != null) {
      options.addAll(postgres.createDatabase(name));
    }
    return new Countersign(Authority.make(programs, folder, options), postgres, name, subjects);
  }

  /** What it is asked; it must run. */
  public Target target() throws IOException {
    Target known = target;
    if (known == null) {
      known = new Target(authority, subjects);
      target = known;
    }
    return known;
  }

  @Override
  public String server() {
    return postgres == null ? "H2" : "PostgreSQL";
  }

  @Override
  public String java() {
    return authority.jdk().version();
  }

  @Override
  public Optional<Load> load(Operation operation, Operation.Extent extent)
      throws IOException, InterruptedException {
    return Optional.of(operation.load(target(), extent));
  }

  @Override
  public Usage.Gauge gauge() {
    return () ->
        new Usage(
            ProcessStatus.cpuSeconds(authority.pid()),
            postgres == null ? Double.NaN : postgres.cpuSeconds(),
            Usage.ownSeconds());
  }

  @Override
  public long pid() throws IOException {
    return authority.pid();
  }

  @Override
  public double start() throws IOException, InterruptedException {
    authority.close();
    return authority.start();
  }

  @Override
  public Optional<String> database() throws IOException {
    long size;
    try {
      size = postgres == null ? authority.databaseSize() : postgres.size(name);
    } catch (SQLException e) {
      throw new IOException("the database does not tell its size: " + e.getMessage(), e);
    }
    return Optional.of(
        String.format(Locale.ROOT, "%s with Java %s has %,.0f MB", server(), java(), size / 1e6));
  }

  @Override
  public void close() throws InterruptedException {
    authority.close();
  }
}
