package dev.countersign.stacks;

/** A connection to a server, with a look at its session. */
interface Call extends AutoCloseable {
  /** Asks once, and gives the answer. */
  String get() throws Exception;

  /** A resumed session keeps the time of the first. */
  long session() throws Exception;

  /** In hexadecimal. */
  String serverSerial() throws Exception;

  /** Asks nothing, and returns when the server has closed the connection. */
  void awaitEnd() throws Exception;
}
