package dev.countersign.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.client.Answers;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;

/**
 * Clients that want one certificate after the other and ask for each until they have it, at one URL
 * after the other; what they were given is kept.
 */
final class Load implements AutoCloseable {
  private static final Duration LONG = Duration.ofSeconds(120);
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final int CLIENTS = 8;

  private final Direct direct;
  private final List<URI> urls;
  private final Answers.IssueRequest request;
  private final ExecutorService threads;
  private final List<Future<?>> clients = new ArrayList<>();
  private volatile boolean ending;

  /** Serials, each under the idempotency key that it was asked for with. */
  final Map<String, String> received = new ConcurrentHashMap<>();

  /** What else they were told, each under the same keys; the last, if it was more than once. */
  final Map<String, Direct.Answer> refused = new ConcurrentHashMap<>();

  private final Queue<Direct.Answer> refusals = new ConcurrentLinkedQueue<>();

  Load(Direct direct, List<URI> urls, String identity) {
    this(direct, urls, identity, CLIENTS);
  }

  Load(Direct direct, List<URI> urls, String identity, int count) {
    this.threads = Executors.newFixedThreadPool(count);
    this.direct = direct;
    this.urls = urls;
    this.request = Site.request(identity);
    for (int client = 0; client < count; client++) {
      int number = client;
      clients.add(threads.submit(() -> go(number)));
    }
  }

  private void go(int client) {
    for (int i = 0; !ending; i++) {
      String key = request.identity() + "-" + client + "-" + i;
      Direct.Answer answer = direct.issue(url(client), request, key);
      for (int attempt = 1; !answer.isDone(); attempt++) {
        refused.put(key, answer);
        refusals.add(answer);
        LockSupport.parkNanos(PAUSE.toNanos());
        if (Thread.currentThread().isInterrupted()) {
          return;
        }
        answer = direct.issue(url(client + attempt), request, key);
      }
      received.put(key, answer.serial());
    }
  }

  private URI url(int number) {
    return urls.get(number % urls.size());
  }

  /** Returns when so many more were received. */
  Load awaitMore(int count) {
    int wanted = received.size() + count;
    Awaitility.await().atMost(LONG).until(() -> received.size() >= wanted);
    return this;
  }

  /** Returns when so many more were refused. */
  Load awaitRefused(int count) {
    int wanted = refusals.size() + count;
    Awaitility.await().atMost(LONG).until(() -> refusals.size() >= wanted);
    return this;
  }

  List<Direct.Answer> refusals() {
    return List.copyOf(refusals);
  }

  /** Asks for no more, and returns when everybody has what it asked for. */
  Load finish() throws Exception {
    ending = true;
    for (Future<?> client : clients) {
      client.get(LONG.toSeconds(), TimeUnit.SECONDS);
    }
    return this;
  }

  /** Every receipt is on record, is the only one for its request, and has its event. */
  void isWhatIsRecorded(String url) throws Exception {
    String identity = "identity = '" + request.identity() + "'";
    isWhatIsRecorded(
        Postgres.strings(url, "select serial from certificate where " + identity),
        Postgres.strings(
            url, "select serial from event where action = 'certificate.issued' and " + identity));
    givesTheSameAgain();
  }

  /** The same, of serials that were read from the database. */
  void isWhatIsRecorded(List<String> certificates, List<String> events) {
    assertThat(received.values()).doesNotHaveDuplicates();
    assertThat(certificates)
        .as("certificates")
        .containsExactlyInAnyOrderElementsOf(received.values());
    assertThat(events).as("events").containsExactlyInAnyOrderElementsOf(received.values());
  }

  /** Whoever was refused once, and then was not. */
  void givesTheSameAgain() {
    for (String key : refused.keySet()) {
      Direct.Answer again = direct.issue(url(0), request, key);
      for (int attempt = 1; attempt < 50 && again.retryAfter().isPresent(); attempt++) {
        LockSupport.parkNanos(PAUSE.toNanos()); // a connection that broke before is found only now
        again = direct.issue(url(attempt), request, key);
      }
      assertThat(again.serial()).as("%s: %s", key, again).isEqualTo(received.get(key));
    }
  }

  @Override
  public void close() {
    ending = true;
    threads.shutdownNow();
  }
}
