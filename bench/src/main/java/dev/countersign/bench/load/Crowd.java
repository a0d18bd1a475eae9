package dev.countersign.bench.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * A number of clients, each with a thread and a connection of its own. Connections are made before
 * the time begins: what is measured are requests on kept connections.
 */
public final class Crowd {
  private final int clients;
  private final double seconds;
  private final Usage.Gauge gauge;

  /**
   * @param seconds how long requests are sent; the last ones are waited for
   */
  public Crowd(int clients, double seconds, Usage.Gauge gauge) {
    this.clients = clients;
    this.seconds = seconds;
    this.gauge = gauge;
  }

  /** What each client does until the end, a time of {@link System#nanoTime}. */
  private interface Way {
    void go(Client client, long end) throws IOException;
  }

  /**
   * Closed: each client sends the next request as soon as its last was answered. Who waits sends
   * nothing meanwhile, so a server that stands still is asked less: its latencies are those of
   * requests that were sent, not of people who would have come.
   */
  public Outcome closed(Load load) throws IOException, InterruptedException {
    return run(
        load,
        begin ->
            (client, end) -> {
              long now = System.nanoTime();
              for (Load.Shot shot = client.next(); shot != null; shot = client.next()) {
                client.send(shot, now);
                now = System.nanoTime();
                if (now >= end) {
                  return;
                }
              }
            });
  }

  /**
   * Open: requests come at a constant rate, whatever the server does. When all clients wait, what
   * comes waits too, and its time counts from when it was to be sent, so that nothing is omitted
   * while the server stands still.
   */
  public Outcome open(Load load, double perSecond) throws IOException, InterruptedException {
    return run(
        load,
        begin -> {
          Schedule schedule = new Schedule(begin, perSecond, seconds);
          return (client, end) -> schedule.follow(client::next, client::send);
        });
  }

  private interface Beginning {
    Way at(long begin);
  }

  private Outcome run(Load load, Beginning beginning) throws IOException, InterruptedException {
    List<Client> all = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(clients);
    try {
      for (int i = 0; i < clients; i++) {
        Client client = new Client(load, i);
        client.connect();
        all.add(client);
      }
      Usage before = gauge.read();
      long begin = System.nanoTime();
      long end = begin + (long) (seconds * 1e9);
      Way way = beginning.at(begin);
      List<Future<?>> running = new ArrayList<>();
      for (Client client : all) {
        running.add(
            threads.submit(
                () -> {
                  way.go(client, end);
                  return null;
                }));
      }
      for (Future<?> one : running) {
        await(one);
      }
      double took = (System.nanoTime() - begin) / 1e9;
      Usage used = gauge.read().since(before);
      Tally sum = new Tally();
      all.forEach(client -> sum.add(client.tally()));
      return sum.outcome(took, used);
    } finally {
      threads.shutdownNow();
      for (Client client : all) {
        client.close(); // ends a thread that still waits for an answer
      }
      threads.awaitTermination(10, TimeUnit.SECONDS);
    }
  }

  private static void await(Future<?> one) throws IOException, InterruptedException {
    try {
      one.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw new IOException(cause.getMessage(), cause);
      }
      throw new IllegalStateException("A client failed", e.getCause());
    }
  }
}
