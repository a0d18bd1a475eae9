package dev.countersign.bench.operations;

import dev.countersign.bench.load.Crowd;
import dev.countersign.bench.load.HttpConnection;
import dev.countersign.bench.load.HttpConnection.Answer;
import dev.countersign.bench.load.Load;
import dev.countersign.bench.load.Usage;
import dev.countersign.bench.machine.Authority;
import dev.countersign.pki.Certificate;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** An authority that runs, and what is known of it while it is measured. */
public final class Target {
  private static final int CLIENTS = 16;
  private static final double TURN = 0.5; // seconds

  private final Authority authority;
  private final Doors doors;
  private final Subjects subjects;
  private final Stock stock = new Stock();
  private final Map<String, AtomicInteger> counters =
      new java.util.concurrent.ConcurrentHashMap<>();

  /** Makes the identity that all is issued for. */
  public Target(Authority authority, Subjects subjects) throws IOException {
    this.authority = authority;
    this.subjects = subjects;
    doors = new Doors(authority);
    ask(Requests.identity());
  }

  public Doors doors() {
    return doors;
  }

  public Subjects subjects() {
    return subjects;
  }

  URI base() {
    return authority.https();
  }

  /** A counter that goes on from one measurement to the next. */
  AtomicInteger counter(String name) {
    return counters.computeIfAbsent(name, key -> new AtomicInteger());
  }

  /** Asks once, as the operator. */
  public byte[] ask(byte[] request) throws IOException {
    try (HttpConnection connection = doors.operator().connect()) {
      return expect(connection.ask(request));
    }
  }

  static byte[] expect(Answer answer) throws IOException {
    if (!answer.isSuccess()) {
      throw new IOException("a request was answered with " + answer);
    }
    return answer.body();
  }

  Stock stock() {
    return stock;
  }

  /** At least so many certificates, of which more are issued when there are not. */
  List<Stock.Issued> issued(int count) throws IOException, InterruptedException {
    while (stock.all().size() < count) {
      Load issue = Operations.ISSUE.load(this, new Operation.Extent(CLIENTS, TURN));
      new Crowd(CLIENTS, TURN, () -> new Usage(0, 0, 0)).closed(issue);
    }
    return stock.all();
  }

  /** Any certificate that was issued. */
  public Certificate sample() throws IOException, InterruptedException {
    return issued(1).get(0).certificate();
  }

  Certificate issuer() throws IOException {
    return stock.issuer();
  }
}
