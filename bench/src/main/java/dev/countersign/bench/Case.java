package dev.countersign.bench;

import dev.countersign.bench.operations.Operation;

/**
 * One line of the table for each server: an operation, and how it is asked for.
 *
 * @param clients connections, of one client each
 * @param part of the best throughput of closed loops, for {@link Way#OPEN}
 */
record Case(Operation operation, Way way, int clients, double part) {

  enum Way {
    /** Each client asks as soon as it was answered. */
    CLOSED,
    /** Requests come at a constant rate. */
    OPEN,
    /** Closed, with many more clients than can be served. */
    OVERLOAD
  }

  static Case closed(Operation operation, int clients) {
    return new Case(operation, Way.CLOSED, clients, 1);
  }

  static Case open(Operation operation, int clients, int percent) {
    return new Case(operation, Way.OPEN, clients, percent / 100.0);
  }

  static Case overload(Operation operation, int clients) {
    return new Case(operation, Way.OVERLOAD, clients, 1);
  }

  /** As in the table. */
  String load() {
    return switch (way) {
      case CLOSED -> "closed, " + clients;
      case OPEN -> "open, " + Math.round(part * 100) + " %";
      case OVERLOAD -> "overload, " + clients;
    };
  }
}
