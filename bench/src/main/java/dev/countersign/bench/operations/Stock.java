package dev.countersign.bench.operations;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Certificates that an authority has issued, to be renewed and asked about. */
final class Stock {
  /** As many as are kept. */
  static final int MOST = 6000;

  private final AtomicInteger offered = new AtomicInteger();
  private final Queue<Raw> raw = new ConcurrentLinkedQueue<>();
  private final List<Issued> issued = new ArrayList<>();
  private @Nullable Certificate issuer;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Raw(int number, byte[] body) {}

  /**
   * A certificate, and the number of its subject.
   *
   * @param number in {@link Subjects}
   */
  record Issued(int number, Certificate certificate) {}

  boolean isFull() {
    return offered.get() >= MOST;
  }

  /** An answer to a request for the subject with this number; it is looked at later. */
  void offer(int number, byte[] body) {
    if (offered.getAndIncrement() < MOST) {
      raw.add(new Raw(number, body));
    }
  }

  synchronized List<Issued> all() throws IOException {
    for (Raw one = raw.poll(); one != null; one = raw.poll()) {
      var answer = Json.MAPPER.readTree(one.body());
      issued.add(new Issued(one.number(), first(answer.path("certificate").asText())));
      if (issuer == null) {
        issuer = first(answer.path("chain").asText());
      }
    }
    return List.copyOf(issued);
  }

  /** Who has issued them. */
  synchronized Certificate issuer() throws IOException {
    all();
    Certificate known = issuer;
    if (known == null) {
      throw new IOException("nothing was issued yet");
    }
    return known;
  }

  private static Certificate first(String pem) {
    return Certificate.parsePem(pem).get(0);
  }
}
