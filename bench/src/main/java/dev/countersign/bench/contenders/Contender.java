package dev.countersign.bench.contenders;

import dev.countersign.bench.load.Load;
import dev.countersign.bench.load.Usage;
import dev.countersign.bench.operations.Operation;
import java.io.IOException;
import java.util.Optional;

/** A server that is measured. It is made, and then started. */
public interface Contender extends AutoCloseable {

  /** As in the table: what it is, over which database. */
  String server();

  /** The Java that it runs on, as in the table; a dash when it runs on none. */
  String java();

  /** The requests of an operation; empty when it has no such operation. */
  Optional<Load> load(Operation operation, Operation.Extent extent)
      throws IOException, InterruptedException;

  /** Reads what it and its clients have used. */
  Usage.Gauge gauge();

  /** Of the server's process. */
  long pid() throws IOException;

  /** Starts it, again if it runs; returns the seconds until it was ready. */
  double start() throws IOException, InterruptedException;

  /** What is to be said of its database at the end; empty when nothing is. */
  Optional<String> database() throws IOException;

  @Override
  void close() throws IOException, InterruptedException;
}
