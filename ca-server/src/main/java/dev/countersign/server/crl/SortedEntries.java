package dev.countersign.server.crl;

import dev.countersign.server.issuance.Denial;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The entries of a list, sorted by serial, as the very bytes of the list: 46 for each of a million,
 * and nothing else but a number for each. Never changed; one that is made from another shares with
 * it all blocks in which nothing is different, so that lists that are still being read cost little.
 */
final class SortedEntries {
  static final SortedEntries NONE = new SortedEntries(List.of());

  private final List<EntryBlock> blocks;
  private final int count;
  private final long length;
  private final long lowestMark;

  private SortedEntries(List<EntryBlock> blocks) {
    this.blocks = List.copyOf(blocks);
    this.count = blocks.stream().mapToInt(EntryBlock::count).sum();
    this.length = blocks.stream().mapToLong(block -> block.der().length).sum();
    this.lowestMark =
        blocks.stream().mapToLong(EntryBlock::lowestMark).min().orElse(Long.MAX_VALUE);
  }

  int count() {
    return count;
  }

  /** In bytes. */
  long length() {
    return length;
  }

  void addTo(List<byte[]> pieces) {
    blocks.forEach(block -> pieces.add(block.der()));
  }

  /** What it says of a serial, by the content of its INTEGER. */
  Optional<Denial> find(byte[] serial) {
    int after = firstAfter(serial);
    return after == 0 ? Optional.empty() : blocks.get(after - 1).find(serial);
  }

  /** Adds those of higher serials, until there are so many. */
  void addAfter(byte[] serial, List<DeniedSerial> result, int most) {
    for (int i = Math.max(0, firstAfter(serial) - 1); i < blocks.size(); i++) {
      if (result.size() >= most) {
        return;
      }
      blocks.get(i).addAfter(serial, result, most);
    }
  }

  /** The first block that begins after it. */
  private int firstAfter(byte[] serial) {
    int low = 0;
    int high = blocks.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (blocks.get(middle).beginsAfter(serial)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return high;
  }

  /**
   * With these, replacing those of the same serials.
   *
   * @param changes sorted by serial, each serial once
   */
  SortedEntries with(List<EncodedEntry> changes) {
    if (changes.isEmpty()) {
      return this;
    }
    if (blocks.isEmpty()) {
      return new SortedEntries(EntryBlock.of(changes));
    }
    List<EntryBlock> result = new ArrayList<>(blocks.size() + 1);
    int from = 0;
    for (int i = 0; i < blocks.size(); i++) {
      int to = i + 1 == blocks.size() ? changes.size() : before(blocks.get(i + 1), changes, from);
      if (to == from) {
        add(result, blocks.get(i));
      } else {
        blocks.get(i).with(changes.subList(from, to)).forEach(block -> add(result, block));
      }
      from = to;
    }
    return new SortedEntries(result);
  }

  /** Without those that have a lower mark. */
  SortedEntries without(long mark) {
    if (lowestMark >= mark) {
      return this;
    }
    List<EntryBlock> result = new ArrayList<>(blocks.size());
    for (EntryBlock block : blocks) {
      if (block.lowestMark() >= mark) {
        add(result, block);
      } else {
        block.without(mark).forEach(rest -> add(result, rest));
      }
    }
    return new SortedEntries(result);
  }

  private static int before(EntryBlock next, List<EncodedEntry> changes, int from) {
    int to = from;
    while (to < changes.size() && next.beginsAfter(changes.get(to).serial())) {
      to++;
    }
    return to;
  }

  /** Small neighbours become one, so that what many entries left does not stay in crumbs. */
  private static void add(List<EntryBlock> result, EntryBlock block) {
    int last = result.size() - 1;
    if (last >= 0 && result.get(last).der().length + block.der().length <= EntryBlock.USUAL / 2) {
      result.set(last, result.get(last).and(block));
    } else {
      result.add(block);
    }
  }
}
