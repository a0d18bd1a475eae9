package dev.countersign.server.faults;

import dev.countersign.client.Answers;
import dev.countersign.client.ClientException;
import dev.countersign.client.OperatorApi;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Many issue requests at once, each under an idempotency key of its own; what came of each is kept
 * under that key.
 */
final class Burst {
  static final int CONNECTIONS = 16;

  private final Answers.IssueRequest request;
  final Map<String, String> received = new ConcurrentHashMap<>();
  final Map<String, ClientException> failed = new ConcurrentHashMap<>();

  /**
   * @param request the same for all: which certificate is meant is the idempotency key's to say
   */
  Burst(Answers.IssueRequest request) {
    this.request = request;
  }

  /** Sends so many and waits for all; spread over the given ways in. */
  void sendAll(int count, List<OperatorApi> ways) throws InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
    try {
      List<Future<?>> sent = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        String key = request.identity() + "-" + i;
        OperatorApi way = ways.get(i % ways.size());
        sent.add(threads.submit(() -> send(way, key)));
      }
      finish(sent);
    } finally {
      threads.shutdown();
    }
  }

  /** Each connection goes on until its first failure. {@code enough} counts what is received. */
  List<Future<?>> sendUntilFailure(
      ExecutorService threads, OperatorApi way, String prefix, CountDownLatch enough) {
    List<Future<?>> sent = new ArrayList<>();
    for (int connection = 0; connection < CONNECTIONS; connection++) {
      String start = prefix + "-" + connection + "-";
      sent.add(
          threads.submit(
              () -> {
                for (int i = 0; send(way, start + i); i++) {
                  enough.countDown();
                }
              }));
    }
    return sent;
  }

  static void finish(List<Future<?>> sent) throws InterruptedException {
    for (Future<?> one : sent) {
      try {
        one.get(120, TimeUnit.SECONDS);
      } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
        throw new AssertionError(e);
      }
    }
  }

  private boolean send(OperatorApi way, String key) {
    try {
      received.put(key, way.issueCertificate(request, key).serial());
      return true;
    } catch (ClientException e) {
      failed.put(key, e);
      return false;
    }
  }

  /** What failed, again; whatever fails now is thrown. */
  Map<String, String> retried(OperatorApi way) {
    Map<String, String> got = new ConcurrentHashMap<>();
    failed.keySet().forEach(key -> got.put(key, way.issueCertificate(request, key).serial()));
    return got;
  }
}
