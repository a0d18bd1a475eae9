package dev.countersign.client.tls;

import dev.countersign.client.ClientException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** Tells what goes on for hours now and then, not each time that it is tried again. */
final class FeedTroubles {
  private static final Duration AGAIN = Duration.ofHours(1);

  private final MutualTlsListener listener;
  private final InstantSource clock;
  private Optional<String> told = Optional.empty();
  private Instant since = Instant.MIN;

  FeedTroubles(MutualTlsListener listener, InstantSource clock) {
    this.listener = listener;
    this.clock = clock;
  }

  void tell(ClientException failure) {
    Optional<String> what = Optional.of(String.valueOf(failure.getMessage()));
    Instant now = clock.instant();
    if (!what.equals(told) || now.isBefore(since) || now.isAfter(since.plus(AGAIN))) {
      told = what;
      since = now;
      listener.trouble(
          "The feed of denials cannot be followed; what was known stays in force, and it is tried"
              + " again: "
              + what.get());
    }
  }
}
