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

  private final Map<Writer<?>, Left<?>> left = new IdentityHashMap<>();

  /** Only {@link #leave} is for others; Jdbi makes one for each handle. */
  public LastWrites() {}

  /**
   * Leaves elements for the end of the transaction, to be called by a unit while it runs.
   *
   * @param writer the same object each time
   */
  public static <E> void leave(Handle handle, Writer<E> writer, List<E> elements) {
    of(handle).forWriter(writer).elements().addAll(elements);
  }

  static LastWrites of(Handle handle) {
    return handle.getConfig(LastWrites.class);
  }

  @SuppressWarnings("unchecked") // has the same writer, and so the same type
  private <E> Left<E> forWriter(Writer<E> writer) {
    return (Left<E>) left.computeIfAbsent(writer, w -> new Left<>(writer, new ArrayList<>()));
  }

  void write(Handle handle) {
    for (Left<?> one : left.values()) {
      one.write(handle);
    }
    left.clear();
  }

  void forget() {
    left.clear();
  }

  /** Of a statement, which leaves nothing. */
  @Override
  public LastWrites createCopy() {
    return new LastWrites();
  }
}
