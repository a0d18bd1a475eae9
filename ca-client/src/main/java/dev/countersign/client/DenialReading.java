package dev.countersign.client;

import dev.countersign.client.DenialsPage.UnbelievableException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/**
 * Where a reader of the feed is: what it knows, and the pieces of all that is denied that it is
 * putting together. It goes forward only: in number, and while pieces are missing what was known
 * before goes on to count. Not for use by several threads.
 */
final class DenialReading {
  private final long floor;
  private Optional<DenialState> known = Optional.empty();
  private Optional<Pieces> pieces = Optional.of(Pieces.NONE);
  private boolean behind;

  /**
   * @param floor what was known before, and is not any more: less is a replay
   */
  DenialReading(long floor) {
    this.floor = floor;
  }

  /**
   * A part of all that is denied.
   *
   * @param number the lowest of the pieces so far
   */
  private record Pieces(long number, Instant at, DeniedSerials serials, Optional<String> next) {
    static final Pieces NONE =
        new Pieces(Long.MAX_VALUE, Instant.MAX, DeniedSerials.NONE, Optional.empty());
  }

  Optional<DenialState> known() {
    return known;
  }

  /** What to ask for next. */
  String question(int waitSeconds) {
    if (pieces.isPresent()) {
      return pieces.get().next().map(place -> "?from=" + encoded(place)).orElse("");
    }
    return "?after=" + known.orElseThrow().number() + "&wait=" + waitSeconds + "s";
  }

  /** Whether {@link #question} is answered at once, because there is more. */
  boolean isBehind() {
    return pieces.isPresent() || behind;
  }

  /** Whether pieces are missing. */
  boolean isGathering() {
    return pieces.isPresent();
  }

  /** What was put together so far may be of no use any more. */
  void startOver() {
    pieces = known.isPresent() ? Optional.empty() : Optional.of(Pieces.NONE);
  }

  /**
   * Takes the answer.
   *
   * @return whether it said anything that was not known
   * @throws UnbelievableException when it does not follow what is known, which stays as it is
   */
  boolean take(DenialsPage page) throws UnbelievableException {
    if (known.flatMap(state -> state.against(page.signers())).isPresent()) {
      throw new UnbelievableException("the CA that has signed it is denied");
    }
    if (page.after().isEmpty()) {
      takePiece(page);
      return true;
    }
    if (pieces.isPresent()) {
      throw new UnbelievableException("all was asked for, and it has changes");
    }
    DenialState before = known.orElseThrow();
    if (page.number() < before.number()) {
      throw new UnbelievableException(
          "its number "
              + page.number()
              + " is lower than "
              + before.number()
              + ", which is known: a replay, or a server that has lost what was denied last");
    }
    if (page.after().get() != before.number()) {
      throw new UnbelievableException("it answers another question");
    }
    DeniedSerials serials = before.serials().with(page.denied(), page.released());
    known =
        Optional.of(
            new DenialState(page.number(), later(before.at(), page.at()), limited(serials)));
    behind = page.number() < page.newest();
    return page.number() > before.number();
  }

  private void takePiece(DenialsPage page) throws UnbelievableException {
    Pieces before = pieces.filter(some -> page.from().isPresent()).orElse(Pieces.NONE);
    if (!page.from().equals(before.next())) {
      throw new UnbelievableException("it is not the piece that was asked for");
    }
    if (page.next().isPresent() && page.denied().isEmpty()) {
      throw new UnbelievableException("it is an empty piece, and not the last");
    }
    if (known.filter(state -> page.number() < state.number()).isPresent()) {
      throw new UnbelievableException(
          "its number " + page.number() + " is lower than what is known: a replay");
    }
    if (page.number() < floor) {
      throw new UnbelievableException(
          "its number "
              + page.number()
              + " is lower than "
              + floor
              + ", which was known before: a replay, or a server that has lost what was denied"
              + " last");
    }
    Instant at = page.at().isBefore(before.at()) ? page.at() : before.at();
    Pieces now =
        new Pieces(
            Math.min(before.number(), page.number()),
            at,
            limited(before.serials().with(page.denied(), page.released())),
            page.next());
    if (now.next().isPresent()) {
      pieces = Optional.of(now);
      return;
    }
    Instant since = known.map(state -> later(state.at(), now.at())).orElse(now.at());
    known = Optional.of(new DenialState(now.number(), since, now.serials()));
    pieces = Optional.empty();
    behind = false;
  }

  private static DeniedSerials limited(DeniedSerials serials) throws UnbelievableException {
    if (serials.size() > DeniedSerials.MOST) {
      throw new UnbelievableException(
          "with it, more than " + DeniedSerials.MOST + " certificates would be denied");
    }
    return serials;
  }

  /** Two servers may be a second apart. */
  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private static String encoded(String place) {
    return URLEncoder.encode(place, StandardCharsets.US_ASCII);
  }
}
