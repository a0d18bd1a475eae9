package dev.countersign.db.crash;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * All that happened to the files of one folder, and all that was confirmed, in one order. A write
 * stands where it began, since it may reach the disk from then on; a flush where it had ended.
 */
final class Recording {

  /** One thing that happened. */
  sealed interface Event {}

  record Write(String file, long position, byte[] bytes) implements Event {}

  record Truncation(String file, long size) implements Event {}

  /**
   * Everything on this file that began before is on the disk.
   *
   * @param before the events that had happened when it was asked for
   */
  record Flush(String file, int before) implements Event {}

  /** Somebody was told that this was done. */
  record Confirmation(String what) implements Event {}

  private final String folder;
  private final List<Event> events = new ArrayList<>();
  private volatile String failing = "";

  Recording(String folder) {
    this.folder = folder;
  }

  boolean watches(String name) {
    return name.contains(folder);
  }

  synchronized void write(String file, long position, ByteBuffer source) {
    byte[] bytes = new byte[source.remaining()];
    source.duplicate().get(bytes);
    events.add(new Write(file, position, bytes));
  }

  synchronized void truncate(String file, long size) {
    events.add(new Truncation(file, size));
  }

  /** From now on this file cannot be flushed. */
  void failFlushesOf(String file) {
    failing = file;
  }

  boolean failsFlushesOf(String file) {
    return failing.equals(file);
  }

  synchronized int now() {
    return events.size();
  }

  synchronized void flushed(String file, int before) {
    events.add(new Flush(file, before));
  }

  synchronized void confirmed(String what) {
    events.add(new Confirmation(what));
  }

  synchronized Set<String> allConfirmed() {
    return events.stream()
        .filter(Confirmation.class::isInstance)
        .map(event -> ((Confirmation) event).what())
        .collect(Collectors.toSet());
  }

  synchronized List<Event> events() {
    return List.copyOf(events);
  }
}
