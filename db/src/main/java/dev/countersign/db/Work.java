package dev.countersign.db;

import java.util.List;
import org.jdbi.v3.core.Handle;

/** What is run, and undone, as one: a unit, or a set of units of one kind. */
interface Work {

  /**
   * Runs it all.
   *
   * @return whether there is anything to commit
   */
  boolean run(Handle handle);

  /** What it can be divided into: itself, when it is one unit. */
  List<? extends Work> parts();

  /** To be said of one unit: it was undone because of this. */
  void failed(Throwable thrown);
}
