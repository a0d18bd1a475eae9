package dev.countersign.client.tls;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The connections whose handshake has ended, held weakly: those that nobody uses any more go by
 * themselves, also if nobody closed them.
 */
final class Connections {
  private static final class Entry extends WeakReference<Checkpoint> {
    Entry(Checkpoint checkpoint, ReferenceQueue<Checkpoint> gone) {
      super(checkpoint, gone);
    }
  }

  private final Set<Entry> entries = ConcurrentHashMap.newKeySet();
  private final ReferenceQueue<Checkpoint> gone = new ReferenceQueue<>();

  /** What to hand to {@link #remove}. */
  Object add(Checkpoint checkpoint) {
    for (Reference<?> old = gone.poll(); old != null; old = gone.poll()) {
      entries.remove(old);
    }
    Entry entry = new Entry(checkpoint, gone);
    entries.add(entry);
    return entry;
  }

  void remove(Object entry) {
    entries.remove(entry);
  }

  List<Checkpoint> all() {
    List<Checkpoint> all = new ArrayList<>();
    for (Entry entry : entries) {
      Checkpoint checkpoint = entry.get();
      if (checkpoint != null) {
        all.add(checkpoint);
      }
    }
    return all;
  }
}
