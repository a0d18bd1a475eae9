package dev.countersign.bench.load;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What a number of clients send. Called by all of them at once, each with its own number. */
public interface Load {

  /** A new connection for one client. */
  HttpConnection connect(int client) throws IOException;

  /** Its next request; null when all were sent that may be sent. */
  @Nullable Shot next(int client);

  /** Whether answers are looked at; else they are read and forgotten, which costs less. */
  default boolean keeps() {
    return false;
  }

  /** The answer to a request, which was a success; only if {@link #keeps()}. */
  default void answered(Shot shot, byte[] body) {}

  /**
   * A request made beforehand.
   *
   * @param number tells it from the others of its load
   */
  @SuppressWarnings("ArrayRecordComponent") // sent, never compared
  record Shot(int number, byte[] request) {}
}
