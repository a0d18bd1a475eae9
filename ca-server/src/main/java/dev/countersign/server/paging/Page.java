package dev.countersign.server.paging;

import dev.countersign.server.refusal.Refusal;
import java.util.Optional;

/**
 * Which page is wanted.
 *
 * @param limit most items, 1 to 1000
 * @param cursor the {@code next} of the page before; empty for the first
 */
public record Page(int limit, Optional<String> cursor) {

  public static final int MOST = 1000;

  public Page {
    if (limit < 1 || limit > MOST) {
      throw new Refusal(
          Refusal.Kind.MALFORMED, "The limit of a page is 1 to " + MOST + ", not " + limit + ".");
    }
  }

  public static Page first(int limit) {
    return new Page(limit, Optional.empty());
  }

  public Page after(String next) {
    return new Page(limit, Optional.of(next));
  }
}
