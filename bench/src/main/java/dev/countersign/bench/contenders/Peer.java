package dev.countersign.bench.contenders;

import dev.countersign.bench.load.Load;
import dev.countersign.bench.load.Usage;
import dev.countersign.bench.machine.Postgres;
import dev.countersign.bench.machine.ProcessStatus;
import dev.countersign.bench.operations.Operation;
import dev.countersign.bench.operations.Operations;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A certificate authority of others, of which only the issuing is measured. */
final class Peer implements Contender {
  private final String name;
  private final PeerProcess process;
  private final @Nullable Postgres postgres;
  private final Requests requests;

  /** Makes requests of the peer's own form. */
  interface Requests {
    Load issue(Operation.Extent extent) throws IOException;
  }

  /**
   * One that does not run yet.
   *
   * @param postgres its database; null when it has one of its own, or none
   */
  Peer(String name, PeerProcess process, @Nullable Postgres postgres, Requests requests) {
    this.name = name;
    this.process = process;
    this.postgres = postgres;
    this.requests = requests;
  }

  @Override
  public String server() {
    return name;
  }

  @Override
  public String java() {
    return "–";
  }

  @Override
  public Optional<Load> load(Operation operation, Operation.Extent extent) throws IOException {
    return operation.equals(Operations.ISSUE)
        ? Optional.of(requests.issue(extent))
        : Optional.empty();
  }

  @Override
  public Usage.Gauge gauge() {
    return () ->
        new Usage(
            ProcessStatus.cpuSeconds(process.pid()),
            postgres == null ? Double.NaN : postgres.cpuSeconds(),
            Usage.ownSeconds());
  }

  @Override
  public long pid() throws IOException {
    return process.pid();
  }

  @Override
  public double start() throws IOException, InterruptedException {
    process.close();
    return process.start();
  }

  @Override
  public Optional<String> database() {
    return Optional.empty();
  }

  @Override
  public void close() throws InterruptedException {
    process.close();
  }
}
