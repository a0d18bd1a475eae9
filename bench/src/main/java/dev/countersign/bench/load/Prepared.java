package dev.countersign.bench.load;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Requests that all clients take from one list, one after the other. */
public final class Prepared implements Load {
  private final Dialer dialer;
  private final List<byte[]> requests;
  private final boolean again;
  private final AtomicInteger next;

  private Prepared(Dialer dialer, List<byte[]> requests, boolean again, AtomicInteger next) {
    this.dialer = dialer;
    this.requests = List.copyOf(requests);
    this.again = again;
    this.next = next;
  }

  /** Each is sent once; then there are no more. */
  public static Prepared once(Dialer dialer, List<byte[]> requests) {
    return new Prepared(dialer, requests, false, new AtomicInteger());
  }

  /** From the beginning again when all were sent. */
  public static Prepared again(Dialer dialer, List<byte[]> requests) {
    return again(dialer, requests, new AtomicInteger());
  }

  /**
   * The same, but beginning where others that share the counter have ended.
   *
   * @param next counts what was sent
   */
  public static Prepared again(Dialer dialer, List<byte[]> requests, AtomicInteger next) {
    return new Prepared(dialer, requests, true, next);
  }

  @Override
  public HttpConnection connect(int client) throws IOException {
    return dialer.connect();
  }

  @Override
  public @Nullable Shot next(int client) {
    int number = next.getAndIncrement();
    if (number >= requests.size() && !again) {
      return null;
    }
    int place = Math.floorMod(number, requests.size());
    return new Shot(place, requests.get(place));
  }
}
