package dev.countersign.server.paging;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** One page; {@code next} is the cursor of the following one, absent at the end. */
public record Paged<T>(List<T> items, Optional<String> next) {

  public Paged {
    items = List.copyOf(items);
  }

  /**
   * A page out of what was read.
   *
   * @param read up to one row more than the limit: the one that says that there is more
   */
  public static <T> Paged<T> of(List<T> read, Page page, Function<T, String> cursor) {
    if (read.size() <= page.limit()) {
      return new Paged<>(read, Optional.empty());
    }
    List<T> items = read.subList(0, page.limit());
    return new Paged<>(items, Optional.of(cursor.apply(items.get(items.size() - 1))));
  }

  public <R> Paged<R> map(Function<? super T, R> each) {
    return new Paged<>(items.stream().<R>map(each).toList(), next);
  }
}
