package dev.countersign.client;

/**
 * Where the library tells what it is about to do and what is odd, for those who want to hear it.
 */
public interface Notices {
  Notices NONE = new Notices() {};

  /** Work that may take a while begins. */
  default void working(String what) {}

  /** Something is not as it should be, and was worked around. */
  default void odd(String what) {}
}
