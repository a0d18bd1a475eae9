package dev.countersign.server.feed;

import dev.countersign.server.http.Call;
import dev.countersign.server.http.Endpoints;
import dev.countersign.server.http.Endpoints.Method;
import dev.countersign.server.http.LongPolls;
import dev.countersign.server.http.Parameters;
import dev.countersign.server.http.RateLimits;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** {@code GET /v1/denials}: for everyone, from memory. */
public final class DenialRoutes {
  private static final int LONGEST_PLACE = 128;
  // Servers know of each other's denials within a second
  private static final Duration BEHIND = Duration.ofSeconds(1);

  private final DenialFeed feed;
  private final Checkins checkins;
  private final LongPolls polls;
  private final RateLimits limits;

  /**
   * @param limits of those for whom a page is signed that nobody else asks for
   */
  public DenialRoutes(DenialFeed feed, Checkins checkins, LongPolls polls, RateLimits limits) {
    this.feed = feed;
    this.checkins = checkins;
    this.polls = polls;
    this.limits = limits;
  }

  public void register(Endpoints endpoints) {
    endpoints.later(Method.GET, "/v1/denials", this::denials);
  }

  private CompletableFuture<?> denials(Call call) {
    Parameters.only(call, Set.of("after", "wait", "from"));
    OptionalLong after = Parameters.number(call, "after");
    Duration wait = Parameters.wait(call).orElse(Duration.ZERO);
    Optional<Place> from = Parameters.text(call, "from", LONGEST_PLACE).map(this::place);
    if (after.isEmpty()) {
      limits.address(call.caller().remoteAddress());
      answer(call, feed.all(from));
      return CompletableFuture.completedFuture(null);
    }
    if (from.isPresent()) {
      throw new Refusal(
          Kind.MALFORMED, "Give after, or from, not both: one asks for changes, one for all.");
    }
    long known = after.getAsLong();
    long newest = feed.number();
    if (known > newest) {
      return untilThere(known, wait.compareTo(BEHIND) < 0 ? wait : BEHIND)
          .thenRun(
              () -> {
                knows(call, known);
                changes(call, known);
              });
    }
    knows(call, known);
    if (known < newest) {
      changes(call, known);
      return CompletableFuture.completedFuture(null);
    }
    return polls.await(wait, () -> feed.number() != known).thenRun(() -> changes(call, known));
  }

  /**
   * Another server may have told it of what this one sees a moment later. If it does not, what was
   * denied last is lost, and who knows it must hear of that.
   */
  private CompletableFuture<Void> untilThere(long known, Duration time) {
    BooleanSupplier isThere = () -> feed.number() >= known;
    Duration half = time.dividedBy(2); // what is new first may have been looked for before
    return polls.await(half, isThere).thenCompose(first -> polls.await(half, isThere));
  }

  /** Who asks what comes after a number has it; more than there is, nobody has. */
  private void knows(Call call, long known) {
    call.caller()
        .certificate()
        .ifPresent(own -> checkins.knows(own.serial(), Math.min(known, feed.number())));
  }

  private void changes(Call call, long known) {
    if (!feed.isShared(known)) {
      limits.address(call.caller().remoteAddress());
    }
    answer(call, feed.since(known));
  }

  private Place place(String text) {
    return Place.parse(text)
        .filter(feed::isPlace)
        .orElseThrow(
            () ->
                new Refusal(
                    Kind.MALFORMED, "from must be the next of another page, exactly as it was."));
  }

  private static void answer(Call call, byte[] page) {
    call.contentType("application/jose+json").result(page);
  }
}
