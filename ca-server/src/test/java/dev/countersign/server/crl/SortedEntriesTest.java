package dev.countersign.server.crl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SerialNumber;
import dev.countersign.pki.testing.MovableClock;
import dev.countersign.server.issuance.Denial;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SortedEntriesTest {
  private static final RevocationReason[] REASONS = {
    RevocationReason.UNSPECIFIED, RevocationReason.KEY_COMPROMISE, RevocationReason.SUPERSEDED
  };

  /** Of all lengths: most have 20 octets, some few, some 21 with the sign. */
  private static SerialNumber serial(Random random) {
    int bits = random.nextInt(4) == 0 ? 1 + random.nextInt(160) : 159;
    return SerialNumber.of(new BigInteger(bits, random).add(BigInteger.ONE).shiftRight(1));
  }

  private static EncodedEntry entry(SerialNumber serial, Random random) {
    Optional<Instant> date =
        random.nextBoolean() ? Optional.of(MovableClock.START) : Optional.empty();
    return EncodedEntry.of(
        serial,
        new Denial(MovableClock.START, REASONS[random.nextInt(REASONS.length)], date),
        random.nextInt(1000));
  }

  private static byte[] bytes(Collection<EncodedEntry> entries) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    entries.forEach(entry -> out.writeBytes(entry.der()));
    return out.toByteArray();
  }

  private static List<byte[]> pieces(SortedEntries entries) {
    List<byte[]> pieces = new ArrayList<>();
    entries.addTo(pieces);
    return pieces;
  }

  private static void assertSame(SortedEntries entries, SortedMap<SerialNumber, EncodedEntry> all) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    pieces(entries).forEach(out::writeBytes);
    assertThat(entries.count()).isEqualTo(all.size());
    assertThat(entries.length()).isEqualTo(out.size());
    assertThat(out.toByteArray()).isEqualTo(bytes(all.values()));
  }

  private static void assertFinds(
      SortedEntries entries, SortedMap<SerialNumber, EncodedEntry> all) {
    SerialNumber none = SerialNumber.of(BigInteger.ZERO);
    List<SerialNumber> wrong = new ArrayList<>();
    for (Map.Entry<SerialNumber, EncodedEntry> entry : all.entrySet()) {
      Optional<Denial> found = entries.find(entry.getValue().serial());
      SerialNumber next = SerialNumber.of(entry.getKey().toBigInteger().add(BigInteger.ONE));
      if (found.isEmpty()
          || !Arrays.equals(
              EncodedEntry.of(entry.getKey(), found.get(), 0).der(), entry.getValue().der())
          || entries.find(EncodedEntry.content(next)).isPresent() != all.containsKey(next)) {
        wrong.add(entry.getKey());
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(entries.find(EncodedEntry.content(none)).isPresent())
        .isEqualTo(all.containsKey(none));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 300, 4000})
  void whatever_comes_and_goes_it_is_what_a_sorted_map_would_be(int most) {
    Random random = new Random(most); // the same each time
    SortedMap<SerialNumber, EncodedEntry> expected = new TreeMap<>();
    SortedEntries entries = SortedEntries.NONE;
    for (int round = 0; round < 60; round++) {
      SortedMap<SerialNumber, EncodedEntry> changes = new TreeMap<>();
      List<SerialNumber> present = new ArrayList<>(expected.keySet());
      for (int i = 0; i < most; i++) {
        boolean old = !present.isEmpty() && random.nextInt(3) > 0;
        SerialNumber serial = old ? present.get(random.nextInt(present.size())) : serial(random);
        changes.put(
            serial, random.nextInt(3) == 0 ? EncodedEntry.absent(serial) : entry(serial, random));
      }
      entries = entries.with(List.copyOf(changes.values()));
      for (Map.Entry<SerialNumber, EncodedEntry> change : changes.entrySet()) {
        if (change.getValue().isAbsent()) {
          expected.remove(change.getKey());
        } else {
          expected.put(change.getKey(), change.getValue());
        }
      }
      assertSame(entries, expected);
      if (round % 20 == 19) {
        int mark = random.nextInt(1000);
        entries = entries.without(mark);
        expected.values().removeIf(entry -> entry.mark() < mark);
        assertSame(entries, expected);
        assertFinds(entries, expected);
      }
    }
    assertThat(entries.without(1000).count()).isZero();
  }

  @Test
  void one_change_rewrites_one_block_and_leaves_the_others_and_the_old_ones_alone() {
    Random random = new Random(1);
    SortedMap<SerialNumber, EncodedEntry> all = new TreeMap<>();
    while (all.size() < 20_000) {
      SerialNumber serial = SerialNumber.of(new BigInteger(159, random));
      all.put(serial, entry(serial, random));
    }
    SortedEntries before = SortedEntries.NONE.with(List.copyOf(all.values()));
    List<byte[]> blocks = pieces(before);
    assertThat(blocks).hasSizeGreaterThan(40);
    SerialNumber one = SerialNumber.of(new BigInteger(159, random));
    SortedEntries after = before.with(List.of(entry(one, random)));
    List<byte[]> shared = new ArrayList<>(pieces(after));
    shared.removeIf(piece -> blocks.stream().anyMatch(old -> old == piece));
    assertThat(shared).hasSizeLessThanOrEqualTo(2);
    assertSame(before, all);
    assertThat(before.without(0)).isSameAs(before);
  }

  @Test
  void what_is_left_of_many_is_not_in_crumbs() {
    Random random = new Random(2);
    SortedMap<SerialNumber, EncodedEntry> all = new TreeMap<>();
    while (all.size() < 20_000) {
      SerialNumber serial = SerialNumber.of(new BigInteger(159, random));
      all.put(serial, entry(serial, random));
    }
    SortedEntries few = SortedEntries.NONE.with(List.copyOf(all.values())).without(990);
    assertThat(few.count()).isBetween(100, 400);
    assertThat(pieces(few)).hasSizeLessThan(6);
  }
}
