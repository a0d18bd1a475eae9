package dev.countersign.server.crl;

import dev.countersign.pki.SerialNumber;
import dev.countersign.server.authority.CrlShards;
import dev.countersign.server.revocation.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Gathers changes: each time that entries are rewritten costs as much as they are long. */
final class Follower {
  private static final int FEWEST = 10_000;
  private static final int MOST = 100_000;

  private final CrlShards division;
  private final Function<Change, EncodedEntry> encoding;
  private final Map<SerialNumber, EncodedEntry> gathered = new TreeMap<>();
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
    gathered.put(change.serial(), encoding.apply(change));
    if (gathered.size() >= enough) {
      apply();
    }
  }

  List<SortedEntries> finish() {
    apply();
    return shards;
  }

  private void apply() {
    Map<Integer, List<EncodedEntry>> byShard = new TreeMap<>();
    gathered.forEach(
        (serial, entry) ->
            byShard.computeIfAbsent(division.of(serial), shard -> new ArrayList<>()).add(entry));
    byShard.forEach((shard, entries) -> shards.set(shard, shards.get(shard).with(entries)));
    gathered.clear();
    int known = shards.stream().mapToInt(SortedEntries::count).sum();
    enough = Math.min(MOST, Math.max(FEWEST, known / 2));
  }
}
