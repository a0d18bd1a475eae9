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

/** {@code GET /v1/denials}: for everyone, from memory. */
public final class DenialRoutes {
  private static final int LONGEST_PLACE = 128;

  private final DenialFeed feed;
  private final Checkins checkins;
  private final LongPolls polls;
  private final RateLimits limits;

  /**
   * @param limits of those who fetch all that is denied
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
    // Who asks what comes after it has it
    call.caller().certificate().ifPresent(own -> checkins.knows(own.serial(), known));
    // Who knows more than there is must hear of it at once
    if (feed.number() != known) {
      answer(call, feed.since(known));
      return CompletableFuture.completedFuture(null);
    }
    return polls
        .await(wait, () -> feed.number() != known)
        .thenRun(() -> answer(call, feed.since(known)));
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
