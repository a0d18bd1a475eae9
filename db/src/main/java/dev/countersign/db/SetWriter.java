package dev.countersign.db;

import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * Writes for many callers at once, with a few statements for all of them in place of a few for
 * each. Whoever waits for the same commit with the same writer is given to it together.
 *
 * <p>It says which units are refused before it has written anything for them. When it throws,
 * everything of its set is undone, and each unit is run again as a set of its own; what is thrown
 * then is that unit's. Like a {@link WriteUnit} it may run more than once, changes nothing but the
 * database, and lets exceptions of SQL pass.
 *
 * @param <U> what one caller wants
 * @param <T> what one caller gets
 */
@FunctionalInterface
public interface SetWriter<U, T> {

  /**
   * Writes.
   *
   * @param units in the order in which they came, at least one
   * @return one verdict for each unit, in their order
   */
  List<Verdict<T>> run(Handle handle, List<U> units);
}
