package dev.countersign.server.crl;

import dev.countersign.server.authority.CrlShards;
import dev.countersign.server.revocation.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Gathers changes: each time that entries are rewritten costs as much as they are long. */
final class Follower {
  private static final int FEWEST = 10_000;

  private final CrlShards division;
  private final Function<Change, EncodedEntry> encoding;
  private final GatheredEntries gathered = new GatheredEntries();
  private final List<SortedEntries> shards;
  private int enough = FEWEST;

  /**
   * @param shards what is changed
   * @param encoding what a change puts in the place of its serial
   */
  Follower(List<SortedEntries> shards, Function<Change, EncodedEntry> encoding) {
    this.shards = new ArrayList<>(shards);
    this.division = new CrlShards(shards.size());
    this.encoding = encoding;
  }

  void take(Change change) {
    gathered.add(encoding.apply(change));
    if (gathered.size() >= enough) {
      apply();
    }
  }

  List<SortedEntries> finish() {
    apply();
    return shards;
  }

  private void apply() {
    List<EncodedEntry> sorted = gathered.sorted();
    int from = 0;
    while (from < sorted.size()) {
      int shard = division.of(sorted.get(from).serial());
      int to = from + 1;
      while (to < sorted.size() && division.of(sorted.get(to).serial()) == shard) {
        to++;
      }
      shards.set(shard, shards.get(shard).with(sorted.subList(from, to)));
      from = to;
    }
    gathered.clear();
    int known = shards.stream().mapToInt(SortedEntries::count).sum();
    enough = Math.min(GatheredEntries.MOST, Math.max(FEWEST, known / 2));
  }
}
