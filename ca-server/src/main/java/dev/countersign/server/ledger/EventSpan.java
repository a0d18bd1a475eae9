package dev.countersign.server.ledger;

import java.util.Locale;

/**
 * Which part of the ledger, and from which end it is read.
 *
 * @param after only events with a greater sequence
 * @param before only events with a smaller one
 */
public record EventSpan(long after, long before, Order order) {

  /** Which events come first. */
  public enum Order {
    OLDEST,
    NEWEST;

    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Reads a {@link #label()}. */
    public static Order parse(String label) {
      for (Order order : values()) {
        if (order.label().equals(label)) {
          return order;
        }
      }
      throw new IllegalArgumentException("the events come oldest or newest first");
    }
  }

  /** Oldest first, from there on. */
  public static EventSpan after(long sequence) {
    return new EventSpan(sequence, Long.MAX_VALUE, Order.OLDEST);
  }

  /** Newest first, from there back. */
  public static EventSpan before(long sequence) {
    return new EventSpan(0, sequence, Order.NEWEST);
  }
}
