package dev.countersign.server.ocsp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.pki.RevocationReason;
import dev.countersign.server.issuance.Denial;
import dev.countersign.server.ocsp.AnswerCache.Kept;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AnswerCacheTest {
  private static final Instant NOW = Instant.parse("2026-11-24T08:00:00Z");
  private static final Instant LATER = NOW.plusSeconds(100);
  private static final int SIZE = 64 * 1024;

  private final AnswerCache cache = new AnswerCache();

  private static byte[] id(int number) {
    return ByteBuffer.allocate(4).putInt(number).array();
  }

  private static Kept kept(Optional<Denial> denial) {
    OcspAnswer answer = new OcspAnswer(new byte[SIZE], Optional.of(LATER), true);
    return new Kept(answer, denial, NOW, LATER.minusSeconds(25));
  }

  private boolean has(int number) {
    return cache.find(id(number), NOW, Optional.empty()).isPresent();
  }

  @Test
  void forgets_what_nobody_has_asked_for() {
    int full = (int) (AnswerCache.HALF / SIZE);
    cache.put(id(-1), kept(Optional.empty()));
    for (int i = 0; i < 10 * full; i++) {
      cache.put(id(i), kept(Optional.empty()));
      assertThat(has(-1)).as("asked for after " + i).isTrue();
    }
    long there = 0;
    for (int i = 10 * full - 1; i >= 0; i--) { // newest first: finding one moves it
      there += has(i) ? 1 : 0;
    }
    assertThat(has(10 * full - 1)).isTrue();
    assertThat(there).isBetween((long) full / 2, 2L * full + 2);
  }

  @Test
  void the_same_again_takes_no_more_room() {
    cache.put(id(1), kept(Optional.empty()));
    for (int i = 0; i < 10_000; i++) {
      cache.put(id(2), kept(Optional.empty()));
    }
    assertThat(has(1)).isTrue();
  }

  @Test
  void gives_what_holds_now_of_the_same_denial() {
    Denial denial = new Denial(NOW, RevocationReason.CERTIFICATE_HOLD, Optional.empty());
    cache.put(id(1), kept(Optional.of(denial)));
    assertThat(cache.find(id(1), NOW, Optional.of(denial))).isPresent();
    assertThat(cache.find(id(1), NOW, Optional.empty())).isEmpty();
    Denial again = new Denial(LATER, RevocationReason.CERTIFICATE_HOLD, Optional.empty());
    assertThat(cache.find(id(1), NOW, Optional.of(again))).isEmpty();
    assertThat(cache.find(id(1), NOW.minusSeconds(1), Optional.of(denial))).isEmpty();
    assertThat(cache.find(id(1), LATER.minusSeconds(1), Optional.of(denial))).isPresent();
    assertThat(cache.find(id(1), LATER, Optional.of(denial))).isEmpty();
  }
}
