package dev.countersign.bench;

import dev.countersign.bench.HttpConnection.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A number of clients sends requests for a time, each the next one as soon as its last was
 * answered.
 */
final class Round {

  interface Dialer {
    HttpConnection connect() throws IOException;
  }

  /** Milliseconds, sorted; answers by the number of their request, as many as were to be kept. */
  record Result(double seconds, double[] latencies, Map<Integer, byte[]> answers) {
    double perSecond() {
      return latencies.length / seconds;
    }

    double percentile(double part) {
      return latencies.length == 0
          ? Double.NaN
          : latencies[Math.min(latencies.length - 1, (int) (latencies.length * part))];
    }
  }

  private final List<byte[]> requests;
  private final boolean repeatable;
  private final int keep;
  private final AtomicInteger next = new AtomicInteger();
  private final Map<Integer, byte[]> answers = new ConcurrentHashMap<>();

  /**
   * @param repeatable whether requests may be sent again when all were sent; if not the round ends
   *     then
   * @param keep how many answers are kept
   */
  Round(List<byte[]> requests, boolean repeatable, int keep) {
    this.requests = requests;
    this.repeatable = repeatable;
    this.keep = keep;
  }

  Result run(int clients, double seconds, Dialer dialer)
      throws IOException, InterruptedException, ExecutionException {
    List<HttpConnection> connections = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(clients);
    try {
      for (int i = 0; i < clients; i++) {
        connections.add(dialer.connect());
      }
      long begin = System.nanoTime();
      long end = begin + (long) (seconds * 1e9);
      List<Future<double[]>> running = new ArrayList<>();
      for (HttpConnection connection : connections) {
        running.add(threads.submit(() -> client(connection, end)));
      }
      List<double[]> all = new ArrayList<>();
      for (Future<double[]> one : running) {
        all.add(one.get());
      }
      double took = (System.nanoTime() - begin) / 1e9;
      double[] latencies = all.stream().flatMapToDouble(Arrays::stream).sorted().toArray();
      return new Result(took, latencies, new TreeMap<>(answers));
    } finally {
      threads.shutdownNow();
      threads.awaitTermination(10, TimeUnit.SECONDS);
      for (HttpConnection connection : connections) {
        connection.close();
      }
    }
  }

  private double[] client(HttpConnection connection, long end) throws IOException {
    double[] latencies = new double[1024];
    int count = 0;
    long now = System.nanoTime();
    while (now < end) {
      int number = next.getAndIncrement();
      if (number >= requests.size() && !repeatable) {
        break;
      }
      Answer answer = connection.ask(requests.get(number % requests.size()));
      long then = System.nanoTime();
      if (answer.status() / 100 != 2) {
        throw new IOException(
            "answered with "
                + answer.status()
                + ": "
                + new String(answer.body(), StandardCharsets.UTF_8));
      }
      if (number < keep) {
        answers.put(number, answer.body());
      }
      if (count == latencies.length) {
        latencies = Arrays.copyOf(latencies, count * 2);
      }
      latencies[count++] = (then - now) / 1e6;
      now = then;
    }
    return Arrays.copyOf(latencies, count);
  }
}
