package dev.countersign.client.testing;

import com.sun.net.httpserver.HttpExchange;
import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SerialNumber;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The feed of denials of an authority in memory: short enough for one page. */
final class TestFeed {
  private static final Pattern QUESTION =
      Pattern.compile("/v1/denials(?:\\?after=([0-9]+)(?:&wait=([0-9]+)s)?)?");

  /** What was denied, or released if there is no reason. */
  private record Change(SerialNumber serial, Optional<RevocationReason> reason) {}

  private final Supplier<FeedPages> signer;
  private final InstantSource clock;
  private final List<Change> changes = new ArrayList<>();

  TestFeed(Supplier<FeedPages> signer, InstantSource clock) {
    this.signer = signer;
    this.clock = clock;
  }

  synchronized long number() {
    return changes.size();
  }

  synchronized void add(SerialNumber serial, Optional<RevocationReason> reason) {
    changes.add(new Change(serial, reason));
    notifyAll();
  }

  boolean answers(HttpExchange exchange) throws IOException {
    Matcher question = QUESTION.matcher(exchange.getRequestURI().toString());
    if (!question.matches()) {
      return false;
    }
    AuthorityDouble.send(
        exchange,
        200,
        "application/jose+json",
        question.group(1) == null
            ? all()
            : since(
                Integer.parseInt(question.group(1)),
                question.group(2) == null ? 0 : Integer.parseInt(question.group(2))));
    return true;
  }

  private synchronized byte[] all() {
    return signer.get().piece(number(), clock.instant(), members(changes));
  }

  private synchronized byte[] since(int after, int waitSeconds) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(waitSeconds);
    for (long left = until - System.nanoTime();
        left > 0 && number() <= after;
        left = until - System.nanoTime()) {
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    List<Change> news = changes.subList(Math.min(after, changes.size()), changes.size());
    return signer.get().changes(after, number(), clock.instant(), members(news));
  }

  private static String members(List<Change> some) {
    Map<SerialNumber, Optional<RevocationReason>> last = new LinkedHashMap<>();
    some.forEach(change -> last.put(change.serial(), change.reason()));
    Map<String, List<SerialNumber>> denied = new TreeMap<>();
    List<SerialNumber> released = new ArrayList<>();
    last.forEach(
        (serial, reason) ->
            reason.ifPresentOrElse(
                why -> denied.computeIfAbsent(why.label(), any -> new ArrayList<>()).add(serial),
                () -> released.add(serial)));
    return denied.entrySet().stream()
            .map(entry -> "\"" + entry.getKey() + "\":" + quoted(entry.getValue()))
            .collect(Collectors.joining(",", "\"denied\":{", "},"))
        + "\"released\":"
        + quoted(released);
  }

  private static String quoted(List<SerialNumber> serials) {
    return serials.stream().map(s -> "\"" + s + "\"").collect(Collectors.joining(",", "[", "]"));
  }
}
