package dev.countersign.server.crl;

import dev.countersign.pki.SerialNumber;
import dev.countersign.server.issuance.Denial;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Some hundred entries of a list, one after the other as they are in it, sorted by serial; never
 * empty, and never changed: who changes one makes another.
 */
final class EntryBlock {
  /** What a block has when it is made; at twice of that it is cut in two. */
  static final int USUAL = 16 * 1024;

  private static final int SERIAL_LENGTH = 3; // after two headers: SEQUENCE, INTEGER
  private static final int SERIAL = 4;

  private final byte[] der;
  private final long[] marks;
  private final long lowestMark;

  private EntryBlock(byte[] der, long[] marks) {
    this.der = der;
    this.marks = marks;
    this.lowestMark = Arrays.stream(marks).min().orElseThrow();
  }

  byte[] der() {
    return der;
  }

  int count() {
    return marks.length;
  }

  long lowestMark() {
    return lowestMark;
  }

  /** Whether its first serial is higher than this one. */
  boolean beginsAfter(byte[] serial) {
    return compare(der, 0, serial) > 0;
  }

  Optional<Denial> find(byte[] serial) {
    for (int at = 0; at < der.length; at += length(at)) {
      int order = compare(der, at, serial);
      if (order >= 0) {
        return order == 0
            ? Optional.of(EncodedEntry.denial(Arrays.copyOfRange(der, at, at + length(at))))
            : Optional.empty();
      }
    }
    return Optional.empty();
  }

  /** Adds those of higher serials, until there are so many. */
  void addAfter(byte[] serial, List<DeniedSerial> result, int most) {
    for (int at = 0; at < der.length && result.size() < most; at += length(at)) {
      if (compare(der, at, serial) > 0) {
        int length = der[at + SERIAL_LENGTH];
        BigInteger number = new BigInteger(1, der, at + SERIAL, length);
        Denial denial = EncodedEntry.denial(Arrays.copyOfRange(der, at, at + length(at)));
        result.add(new DeniedSerial(SerialNumber.of(number), denial.reason()));
      }
    }
  }

  /** The same as one, for two small neighbours. */
  EntryBlock and(EntryBlock next) {
    Builder builder = new Builder(der.length + next.der.length, count() + next.count());
    builder.run(this, 0, der.length, 0, count());
    builder.run(next, 0, next.der.length, 0, next.count());
    return builder.block();
  }

  /** Those that are not absent, which are sorted by serial. */
  static List<EntryBlock> of(List<EncodedEntry> entries) {
    Builder builder = new Builder(USUAL, entries.size());
    entries.stream().filter(entry -> !entry.isAbsent()).forEach(builder::one);
    return builder.blocks();
  }

  /**
   * With these in their places, replacing those of the same serials.
   *
   * @param changes sorted by serial, each serial once
   */
  List<EntryBlock> with(List<EncodedEntry> changes) {
    Builder builder = new Builder(der.length + 64 * changes.size(), count() + changes.size());
    int from = 0; // of what stays and is not yet copied
    int firstMark = 0;
    int at = 0;
    int index = 0;
    for (EncodedEntry change : changes) {
      while (at < der.length && compare(der, at, change.serial()) < 0) {
        at += length(at);
        index++;
      }
      builder.run(this, from, at, firstMark, index);
      if (at < der.length && compare(der, at, change.serial()) == 0) {
        at += length(at);
        index++;
      }
      from = at;
      firstMark = index;
      if (!change.isAbsent()) {
        builder.one(change);
      }
    }
    builder.run(this, from, der.length, firstMark, count());
    return builder.blocks();
  }

  /** Without those whose mark is lower. */
  List<EntryBlock> without(long mark) {
    Builder builder = new Builder(der.length, count());
    int at = 0;
    for (int index = 0; index < count(); index++) {
      int next = at + length(at);
      if (marks[index] >= mark) {
        builder.run(this, at, next, index, index + 1);
      }
      at = next;
    }
    return builder.blocks();
  }

  private int length(int at) {
    return 2 + der[at + 1];
  }

  /** Of positive integers without superfluous octets, the longer is the higher. */
  private static int compare(byte[] der, int at, byte[] serial) {
    int length = der[at + SERIAL_LENGTH];
    return length != serial.length
        ? Integer.compare(length, serial.length)
        : Arrays.compareUnsigned(der, at + SERIAL, at + SERIAL + length, serial, 0, serial.length);
  }

  /** Puts a block together from runs of others and single entries. */
  private static final class Builder {
    private byte[] der;
    private long[] marks;
    private int length;
    private int count;

    Builder(int length, int count) {
      der = new byte[length];
      marks = new long[count];
    }

    void run(EntryBlock source, int from, int to, int firstMark, int endMark) {
      append(source.der, from, to - from);
      System.arraycopy(source.marks, firstMark, marks, count, endMark - firstMark);
      count += endMark - firstMark;
    }

    void one(EncodedEntry entry) {
      append(entry.der(), 0, entry.der().length);
      marks[count++] = entry.mark();
    }

    private void append(byte[] bytes, int from, int some) {
      if (der.length - length < some) {
        der = Arrays.copyOf(der, Math.max(length + some, 2 * der.length));
      }
      System.arraycopy(bytes, from, der, length, some);
      length += some;
    }

    EntryBlock block() {
      return new EntryBlock(Arrays.copyOf(der, length), Arrays.copyOf(marks, count));
    }

    /** As one block, or cut into several of about the usual size. */
    List<EntryBlock> blocks() {
      List<EntryBlock> blocks = new ArrayList<>();
      int rest = length;
      int from = 0;
      int firstMark = 0;
      while (rest >= 2 * USUAL) {
        int to = from;
        int endMark = firstMark;
        while (to - from < USUAL) {
          to += 2 + der[to + 1];
          endMark++;
        }
        blocks.add(part(from, to, firstMark, endMark));
        rest -= to - from;
        from = to;
        firstMark = endMark;
      }
      if (rest > 0) {
        blocks.add(part(from, length, firstMark, count));
      }
      return blocks;
    }

    private EntryBlock part(int from, int to, int firstMark, int endMark) {
      return new EntryBlock(
          Arrays.copyOfRange(der, from, to), Arrays.copyOfRange(marks, firstMark, endMark));
    }
  }
}
