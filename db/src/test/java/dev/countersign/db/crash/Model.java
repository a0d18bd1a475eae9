package dev.countersign.db.crash;

import dev.countersign.db.crash.Recording.Event;
import dev.countersign.db.crash.Recording.Truncation;
import dev.countersign.db.crash.Recording.Write;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Which of the writes that were not flushed yet are on the disk when the power is back. */
enum Model {
  NOTHING_UNFLUSHED {
    @Override
    List<Event> survivors(List<Event> unflushed, long size, Random random) {
      return List.of();
    }
  },
  THE_FIRST_ONES {
    @Override
    List<Event> survivors(List<Event> unflushed, long size, Random random) {
      int whole = random.nextInt(unflushed.size() + 1);
      List<Event> survivors = new ArrayList<>(unflushed.subList(0, whole));
      if (whole < unflushed.size() && unflushed.get(whole) instanceof Write write) {
        int bytes = SECTOR * random.nextInt(write.bytes().length / SECTOR + 1);
        survivors.add(part(write, 0, bytes));
      }
      return survivors;
    }
  },
  SOME_WHOLE {
    @Override
    List<Event> survivors(List<Event> unflushed, long size, Random random) {
      return unflushed.stream().filter(event -> random.nextBoolean()).toList();
    }
  },
  SOME_BLOCKS {
    @Override
    List<Event> survivors(List<Event> unflushed, long size, Random random) {
      return pieces(unflushed, BLOCK, random);
    }
  },
  SOME_SECTORS {
    @Override
    List<Event> survivors(List<Event> unflushed, long size, Random random) {
      return pieces(unflushed, SECTOR, random);
    }
  },
  ALL_BUT_ONE_BLOCK {
    @Override
    List<Event> survivors(List<Event> unflushed, long size, Random random) {
      List<Event> survivors = new ArrayList<>();
      int spared = unflushed.isEmpty() ? 0 : random.nextInt(unflushed.size());
      for (int i = 0; i < unflushed.size(); i++) {
        if (i == spared && unflushed.get(i) instanceof Write write) {
          int at = BLOCK * random.nextInt((write.bytes().length + BLOCK - 1) / BLOCK);
          survivors.add(part(write, 0, at));
          survivors.add(part(write, at + BLOCK, write.bytes().length));
        } else {
          survivors.add(unflushed.get(i));
        }
      }
      return survivors;
    }
  },
  /** The process died, not the machine. */
  ALL {
    @Override
    List<Event> survivors(List<Event> unflushed, long size, Random random) {
      return unflushed;
    }
  },
  /** As ext4: the file grows in order, what is overwritten comes in any order. */
  GROWN_IN_ORDER {
    @Override
    List<Event> survivors(List<Event> unflushed, long size, Random random) {
      long end = size;
      for (Event event : unflushed) {
        if (event instanceof Write write) {
          end = Math.max(end, write.position() + write.bytes().length);
        }
      }
      long grown = size + (long) (random.nextDouble() * (end - size + 1));
      List<Event> survivors = new ArrayList<>();
      for (Event event : unflushed) {
        if (!(event instanceof Write write)) {
          survivors.add(event);
          continue;
        }
        for (Write piece : split(write, BLOCK)) {
          boolean grows = piece.position() >= size;
          if (grows ? piece.position() < grown : random.nextBoolean()) {
            survivors.add(piece);
          }
        }
      }
      return survivors;
    }
  };

  private static final int SECTOR = 512;
  private static final int BLOCK = 4096;

  /**
   * What is applied to the file as it was flushed last, in this order.
   *
   * @param size of the file as it was flushed last
   */
  abstract List<Event> survivors(List<Event> unflushed, long size, Random random);

  private static List<Event> pieces(List<Event> unflushed, int unit, Random random) {
    double share = random.nextDouble();
    List<Event> survivors = new ArrayList<>();
    for (Event event : unflushed) {
      List<? extends Event> pieces =
          event instanceof Write write ? split(write, unit) : List.of(event);
      pieces.stream().filter(piece -> random.nextDouble() < share).forEach(survivors::add);
    }
    return survivors;
  }

  private static List<Write> split(Write write, int unit) {
    List<Write> pieces = new ArrayList<>();
    for (int at = 0; at < write.bytes().length; at += unit) {
      pieces.add(part(write, at, Math.min(at + unit, write.bytes().length)));
    }
    return pieces;
  }

  private static Write part(Write write, int from, int to) {
    int end = Math.min(to, write.bytes().length);
    int start = Math.min(from, end);
    return new Write(
        write.file(), write.position() + start, Arrays.copyOfRange(write.bytes(), start, end));
  }

  static void apply(Event event, Image image) {
    if (event instanceof Write write && write.bytes().length > 0) {
      image.write(write.position(), write.bytes());
    } else if (event instanceof Truncation truncation) {
      image.truncate(truncation.size());
    }
  }
}
