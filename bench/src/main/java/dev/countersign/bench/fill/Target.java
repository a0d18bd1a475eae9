package dev.countersign.bench.fill;

import java.util.List;

/** A database that is being filled: its secondary indexes are away meanwhile. */
interface Target extends AutoCloseable {

  /** May be called by several threads at once. */
  void write(Rows rows);

  /** Runs statements that change little. */
  void run(List<String> statements);

  /** Puts the indexes back. */
  @Override
  void close();
}
