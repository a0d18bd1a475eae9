package dev.countersign.server.crl;

import dev.countersign.pki.SerialNumber;
import dev.countersign.server.authority.CrlShards;
import dev.countersign.server.revocation.Change;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/** Gathers changes: each time that entries are rewritten costs as much as they are long. */
final class Follower {
  private static final int FEWEST = 10_000;
  private static final int MOST = 100_000;

  private final CrlShards division;
  private final Function<Change, EncodedEntry> encoding;
  private final List<Gathered> gathered = new ArrayList<>();
  private final List<SortedEntries> shards;
  private int enough = FEWEST;

  private record Gathered(SerialNumber serial, EncodedEntry entry) {}

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
    gathered.add(new Gathered(change.serial(), encoding.apply(change)));
    if (gathered.size() >= enough) {
      apply();
    }
  }

  List<SortedEntries> finish() {
    apply();
    return shards;
  }

  private void apply() {
    gathered.sort(Comparator.comparing(Gathered::serial)); // of one serial, the last stays the last
    List<EncodedEntry> ofShard = new ArrayList<>();
    for (int i = 0; i < gathered.size(); i++) {
      SerialNumber serial = gathered.get(i).serial();
      boolean isLast = i + 1 == gathered.size();
      if (isLast || !gathered.get(i + 1).serial().equals(serial)) {
        ofShard.add(gathered.get(i).entry());
      }
      int shard = division.of(serial);
      if (isLast || division.of(gathered.get(i + 1).serial()) != shard) {
        shards.set(shard, shards.get(shard).with(ofShard));
        ofShard.clear();
      }
    }
    gathered.clear();
    int known = shards.stream().mapToInt(SortedEntries::count).sum();
    enough = Math.min(MOST, Math.max(FEWEST, known / 2));
  }
}
