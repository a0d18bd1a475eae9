package dev.countersign.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SerialNumber;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeniedSerialsTest {
  private static final List<RevocationReason> REASONS =
      List.of(
          RevocationReason.UNSPECIFIED,
          RevocationReason.KEY_COMPROMISE,
          RevocationReason.CERTIFICATE_HOLD);

  private static SerialNumber serial(int number) {
    return SerialNumber.parse(Integer.toHexString(number));
  }

  @Test
  void say_the_same_as_a_map_after_thousands_of_changes() {
    Random chance = new Random(4);
    Map<SerialNumber, RevocationReason> expected = new HashMap<>();
    DeniedSerials denied = DeniedSerials.NONE;
    for (int round = 0; round < 60; round++) {
      Map<SerialNumber, RevocationReason> more = new HashMap<>();
      for (int i = 0; i < 200; i++) {
        more.put(serial(chance.nextInt(6_000)), REASONS.get(chance.nextInt(3)));
      }
      List<SerialNumber> released =
          chance.ints(40, 0, 6_000).mapToObj(DeniedSerialsTest::serial).toList();
      denied = denied.with(more, released);
      released.forEach(expected::remove);
      expected.putAll(more);
    }
    for (int i = 0; i < 6_000; i++) {
      assertThat(denied.reason(serial(i)))
          .as("serial %s", i)
          .isEqualTo(Optional.ofNullable(expected.get(serial(i))));
    }
  }

  @Test
  void stay_as_they_are_when_others_are_made_from_them() {
    DeniedSerials one =
        DeniedSerials.NONE.with(Map.of(serial(1), RevocationReason.SUPERSEDED), List.of());
    DeniedSerials none = one.with(Map.of(), List.of(serial(1)));
    assertThat(one.reason(serial(1))).contains(RevocationReason.SUPERSEDED);
    assertThat(none.reason(serial(1))).isEmpty();
    assertThat(one.with(Map.of(), List.of())).isSameAs(one);
  }
}
