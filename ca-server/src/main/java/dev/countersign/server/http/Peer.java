package dev.countersign.server.http;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;

/** What is at the other end of a connection, and what it has done there. */
final class Peer {
  // Kept, because a socket that is closed does not know it any more
  final String address;
  private final Instant opened;
  private final AtomicInteger requests = new AtomicInteger();
  private volatile Instant since;
  private long messages = -1;
  private long bytes;
  private boolean told;

  Peer(String address, Instant now) {
    this.address = address;
    opened = now;
    since = now;
  }

  void begins(Instant now) {
    since = now;
    requests.incrementAndGet();
  }

  void ends(Instant now) {
    since = now;
    requests.decrementAndGet();
  }

  /** No request is open. */
  boolean isIdle() {
    return requests.get() == 0;
  }

  Instant opened() {
    return opened;
  }

  /** Since when there is neither a request nor the end of one. */
  Instant since() {
    return since;
  }

  /** True the first time. */
  boolean tell(Instant now) {
    boolean first = !told;
    told = true;
    since = now;
    return first;
  }

  /**
   * Since when the head of a request of HTTP/1 is coming; now, if it is not. Of one thread at a
   * time.
   *
   * @param in requests that were read
   * @param out answers that were written
   * @param read all bytes
   */
  Instant headSince(long in, long out, long read, Instant now) {
    if (in != messages || out < in) {
      messages = in;
      bytes = read;
      since = now;
    }
    boolean begun = in == 0 || read != bytes;
    return begun ? since : now;
  }
}
