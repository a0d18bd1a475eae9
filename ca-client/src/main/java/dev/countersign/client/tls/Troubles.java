package dev.countersign.client.tls;

import dev.countersign.client.ClientException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** Tells what goes on for hours now and then, not each time that it is tried again. */
final class Troubles {
  private static final Duration AGAIN = Duration.ofHours(1);

  private final MutualTlsListener listener;
  private final InstantSource clock;
  private Optional<String> told = Optional.empty();
  private Instant since = Instant.MIN;

  Troubles(MutualTlsListener listener, InstantSource clock) {
    this.listener = listener;
    this.clock = clock;
  }

  /**
   * @param what did not work, in a sentence
   */
  void tell(String what, ClientException failure) {
    if (isNew(String.valueOf(failure.getMessage()))) {
      listener.trouble(what + " " + failure.getMessage());
    }
  }

  private synchronized boolean isNew(String why) {
    Instant now = clock.instant();
    if (told.equals(Optional.of(why)) && !now.isBefore(since) && !now.isAfter(since.plus(AGAIN))) {
      return false;
    }
    told = Optional.of(why);
    since = now;
    return true;
  }
}
