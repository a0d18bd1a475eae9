package dev.countersign.db;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.config.JdbiConfig;

/**
 * What a transaction writes last, when all else that it waits for is done: so a row that every
 * transaction wants is locked by each for the moment of its commit only, and whoever has it waits
 * for nobody. Left by units as they run, and written once for all of a group.
 */
public final class LastWrites implements JdbiConfig<LastWrites> {

  /**
   * Writes what was left to it.
   *
   * @param <E> of which all of a group are written together
   */
  @FunctionalInterface
  public interface Writer<E> {
    void write(Handle handle, List<E> elements);
  }

  private record Left<E>(Writer<E> writer, List<E> elements) {
    void write(Handle handle) {
      writer.write(handle, elements);
    }
  }

  private final Map<Writer<?>, Left<?>> left = new IdentityHashMap<>(); // by what runs now
  private final Map<Writer<?>, Left<?>> kept = new IdentityHashMap<>(); // by what ran before it

  /** Only {@link #leave} is for others; Jdbi makes one for each handle. */
  public LastWrites() {}

  /**
   * Leaves elements for the end of the transaction, to be called by a unit while it runs.
   *
   * @param writer the same object each time
   */
  public static <E> void leave(Handle handle, Writer<E> writer, List<E> elements) {
    of(of(handle).left, writer).elements().addAll(elements);
  }

  static LastWrites of(Handle handle) {
    return handle.getConfig(LastWrites.class);
  }

  @SuppressWarnings("unchecked") // has the same writer, and so the same type
  private static <E> Left<E> of(Map<Writer<?>, Left<?>> lefts, Writer<E> writer) {
    return (Left<E>) lefts.computeIfAbsent(writer, w -> new Left<>(writer, new ArrayList<>()));
  }

  /** What was left since the last time stays until it is written. */
  void keep() {
    left.values().forEach(this::keep);
    left.clear();
  }

  private <E> void keep(Left<E> one) {
    of(kept, one.writer()).elements().addAll(one.elements());
  }

  /** What was left since it was last kept, by a unit that is undone. */
  void drop() {
    left.clear();
  }

  void write(Handle handle) {
    for (Left<?> one : kept.values()) {
      one.write(handle);
    }
    kept.clear();
  }

  void forget() {
    left.clear();
    kept.clear();
  }

  /** Of a statement, which leaves nothing. */
  @Override
  public LastWrites createCopy() {
    return new LastWrites();
  }
}
