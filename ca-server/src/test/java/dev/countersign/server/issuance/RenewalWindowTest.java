package dev.countersign.server.issuance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.pki.SerialNumber;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RenewalWindowTest {
  private static final Instant START = Instant.parse("2026-11-24T12:00:00Z");
  private static final Duration LENGTH = Duration.ofHours(10);
  private static final int FLEET = 100_000;
  private static final int BUCKETS = 90;

  private interface Client {
    Instant renews(RenewalWindow own);
  }

  /** How many of a fleet that was enrolled at once renew in each of the buckets. */
  private static int[] simulated(Client client) {
    RenewalWindow all = new RenewalWindow(START, START.plus(LENGTH), START.plus(LENGTH));
    SecureRandom random = new SecureRandom();
    int[] buckets = new int[BUCKETS];
    for (int i = 0; i < FLEET; i++) {
      // Enrolled within one minute
      RenewalWindow own = all.sliceOf(SerialNumber.random(random));
      assertThat(own.start()).isBetween(START, START.plus(LENGTH));
      assertThat(own.end()).isBetween(own.start(), START.plus(LENGTH));
      long second = Duration.between(START, client.renews(own)).toSeconds() + i % 60;
      buckets[(int) Math.min(BUCKETS - 1, second * BUCKETS / LENGTH.toSeconds())]++;
    }
    return buckets;
  }

  @Test
  void a_fleet_of_100_000_enrolled_in_one_minute_renews_evenly_when_its_windows_begin() {
    int[] buckets = simulated(RenewalWindow::start);
    int used = BUCKETS * 9 / 10;
    int share = FLEET / used;
    for (int i = 0; i < used; i++) {
      // Five standard deviations, and the minute
      assertThat(buckets[i]).as("bucket %d", i).isBetween(share * 80 / 100, share * 120 / 100);
    }
  }

  @Test
  void and_when_its_clients_choose_a_moment_as_rfc_9773_has_it() {
    Random chance = new Random(9773);
    int[] buckets =
        simulated(
            own ->
                own.start()
                    .plusSeconds(
                        (long)
                            (chance.nextDouble()
                                * Duration.between(own.start(), own.end()).toSeconds())));
    int most = 0;
    for (int each : buckets) {
      most = Math.max(most, each);
    }
    assertThat(most).isLessThan(FLEET / BUCKETS * 130 / 100);
  }

  @Test
  void is_always_the_same_for_one_certificate() {
    RenewalWindow all = new RenewalWindow(START, START.plus(LENGTH), START.plus(LENGTH));
    SerialNumber serial = SerialNumber.random(new SecureRandom());
    assertThat(all.sliceOf(serial)).isEqualTo(all.sliceOf(serial));
    assertThat(all.sliceOf(SerialNumber.parse("0")).start()).isEqualTo(START);
    assertThat(all.sliceOf(SerialNumber.parse("f".repeat(40))).end()).isEqualTo(START.plus(LENGTH));
  }
}
