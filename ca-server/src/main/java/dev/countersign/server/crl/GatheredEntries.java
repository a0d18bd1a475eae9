package dev.countersign.server.crl;

import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;
import java.util.stream.IntStream;

/**
 * Entries in the order of their changes, to be sorted by serial. A million that are read at the
 * start are neither objects, which the garbage collector would carry about, nor compared as such.
 */
final class GatheredEntries {
  private static final int PLACE_BITS = 18;

  /** How many there may be. */
  static final int MOST = 1 << PLACE_BITS;

  private static final int KEY_OCTETS = Long.BYTES;
  private static final int SERIAL_OCTETS = 20; // RFC 5280 4.1.2.2: at most

  private byte[] octets = new byte[64 * 1024]; // for each: length, serial, DER
  private int used;
  private int[] begins = new int[1024];
  private long[] marks = new long[1024];
  private long[] keys = new long[1024];
  private int count;

  int size() {
    return count;
  }

  void add(EncodedEntry entry) {
    if (count == MOST) {
      throw new IllegalStateException("More than " + MOST + " entries were gathered");
    }
    if (count == begins.length) {
      begins = Arrays.copyOf(begins, 2 * count);
      marks = Arrays.copyOf(marks, 2 * count);
      keys = Arrays.copyOf(keys, 2 * count);
    }
    byte[] serial = entry.serial();
    int needed = used + 1 + serial.length + entry.der().length;
    if (needed > octets.length) {
      octets = Arrays.copyOf(octets, Math.max(needed, 2 * octets.length));
    }
    begins[count] = used;
    marks[count] = entry.mark();
    keys[count] = key(serial) << PLACE_BITS | count;
    octets[used] = (byte) serial.length;
    System.arraycopy(serial, 0, octets, used + 1, serial.length);
    System.arraycopy(entry.der(), 0, octets, used + 1 + serial.length, entry.der().length);
    used = needed;
    count++;
  }

  /** Its first bits, as many as there is room for beside a place. */
  private static long key(byte[] serial) {
    ByteBuffer first = ByteBuffer.allocate(KEY_OCTETS);
    int at = serial.length - SERIAL_OCTETS; // of the 20 octets' first; longer ones begin with 0
    for (int i = at; i < at + KEY_OCTETS; i++) {
      first.put(i < 0 ? 0 : serial[i]);
    }
    return first.getLong(0) >>> PLACE_BITS + 1;
  }

  /**
   * By serial, each serial once, as it was gathered last. A view, which holds until {@link #clear}.
   */
  List<EncodedEntry> sorted() {
    Arrays.sort(keys, 0, count);
    int[] places = new int[count];
    int end = 0;
    for (int from = 0, to; from < count; from = to) {
      to = from + 1;
      while (to < count && keys[to] >>> PLACE_BITS == keys[from] >>> PLACE_BITS) {
        to++;
      }
      end = to - from == 1 ? put(places, end, place(from)) : putAlike(places, end, from, to);
    }
    return new View(Arrays.copyOf(places, end));
  }

  private int place(int index) {
    return (int) (keys[index] & MOST - 1);
  }

  private static int put(int[] places, int end, int place) {
    places[end] = place;
    return end + 1;
  }

  /** Those whose first bits do not tell them apart. */
  private int putAlike(int[] places, int end, int from, int to) {
    int[] alike =
        IntStream.range(from, to)
            .map(this::place)
            .boxed()
            .sorted(
                (one, other) -> {
                  int order = compareSerials(one, other);
                  return order != 0 ? order : Integer.compare(one, other);
                })
            .mapToInt(Integer::intValue)
            .toArray();
    int next = end;
    for (int i = 0; i < alike.length; i++) {
      if (i + 1 == alike.length || compareSerials(alike[i], alike[i + 1]) != 0) {
        next = put(places, next, alike[i]);
      }
    }
    return next;
  }

  /** Of positive integers without superfluous octets, the longer is the higher. */
  private int compareSerials(int one, int other) {
    int length = octets[begins[one]];
    int otherLength = octets[begins[other]];
    int at = begins[one] + 1;
    int otherAt = begins[other] + 1;
    return length != otherLength
        ? Integer.compare(length, otherLength)
        : Arrays.compareUnsigned(octets, at, at + length, octets, otherAt, otherAt + otherLength);
  }

  void clear() {
    used = 0;
    count = 0;
  }

  private final class View extends AbstractList<EncodedEntry> implements RandomAccess {
    private final int[] places;

    View(int[] places) {
      this.places = places;
    }

    @Override
    public EncodedEntry get(int index) {
      int place = places[index];
      int serial = begins[place] + 1;
      int der = serial + octets[begins[place]];
      int end = place + 1 == count ? used : begins[place + 1];
      return new EncodedEntry(
          Arrays.copyOfRange(octets, serial, der),
          Arrays.copyOfRange(octets, der, end),
          marks[place]);
    }

    @Override
    public int size() {
      return places.length;
    }
  }
}
