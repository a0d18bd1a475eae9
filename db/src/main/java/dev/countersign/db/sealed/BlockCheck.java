package dev.countersign.db.sealed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Reads the blocks of a file against their sums, all of them, also behind a damaged one. To be
 * closed only after H2 has closed the file: to close it takes H2's lock away.
 */
public final class BlockCheck implements AutoCloseable {

  private static final int MOST_TOLD = 100;
  private static final int PIECE = 256;
  private static final int OF_ZEROS = Blocks.sumsOf(ByteBuffer.allocate(Seal.BLOCK))[0];

  /** A chunk, as H2 counts blocks. */
  public record Chunk(long block, int blocks) {}

  /**
   * What was found.
   *
   * @param read blocks
   * @param damaged how many of them
   * @param first the first of these, as H2 counts
   */
  public record Report(long read, long damaged, List<Long> first) {}

  private final FileChannel file;
  private final Blocks blocks;

  private BlockCheck(FileChannel file, String name) {
    this.file = file;
    this.blocks = new Blocks(file, name);
  }

  public static BlockCheck of(Path file) throws IOException {
    return new BlockCheck(FileChannel.open(file, StandardOpenOption.READ), file.toString());
  }

  /**
   * Reads what H2 uses: these, and the newest.
   *
   * @param progress is told how many blocks were read
   */
  public Report read(List<Chunk> used, LongConsumer progress) throws IOException {
    List<Chunk> all = new ArrayList<>(used);
    takeNewest().ifPresent(seal -> all.add(new Chunk(seal.block(), seal.blocks())));
    return check(all, progress);
  }

  private Report check(List<Chunk> all, LongConsumer progress) throws IOException {
    long read = 0;
    long damaged = 0;
    List<Long> first = new ArrayList<>();
    for (Chunk chunk : all.stream().distinct().toList()) {
      for (int done = 0; done < chunk.blocks(); done += PIECE) {
        int piece = Math.min(PIECE, chunk.blocks() - done);
        for (long block : damaged(chunk.block() + done, piece)) {
          damaged++;
          if (first.size() < MOST_TOLD) {
            first.add(block);
          }
        }
        read += piece;
        progress.accept(read);
      }
    }
    return new Report(read, damaged, List.copyOf(first));
  }

  /** All that was ever written, in use or not: for a file in which H2 finds nothing any more. */
  public Report readAll(LongConsumer progress) throws IOException {
    takeNewest();
    long end = Blocks.endOf(file.size());
    List<Chunk> all = new ArrayList<>();
    for (long block = Blocks.FIRST; block < end; block += Blocks.TOGETHER) {
      all.add(new Chunk(block, (int) Math.min(Blocks.TOGETHER, end - block)));
    }
    return check(all, progress);
  }

  private List<Long> damaged(long block, int count) throws IOException {
    int[] sums = blocks.sumsOf(block, count);
    int[] recorded = blocks.recorded(block, count);
    List<Long> damaged = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      boolean neverWritten = i < sums.length && sums[i] == OF_ZEROS && recorded[i] == 0;
      if (i >= sums.length || (sums[i] != recorded[i] && !neverWritten)) {
        damaged.add(block + i);
      }
    }
    return damaged;
  }

  /** Of the two that are sealed the newer that is whole, as at every opening; its sums count. */
  private Optional<Seal> takeNewest() throws IOException {
    Optional<Seal> newest = Optional.empty();
    for (Seal seal : SealedFile.seals(file)) {
      if (seal != null && seal.version() > SealedFile.version(newest.orElse(null))) {
        Optional<int[]> sums = blocks.proved(seal);
        if (sums.isPresent()) {
          blocks.take(sums.get(), seal.block());
          newest = Optional.of(seal);
        }
      }
    }
    return newest;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
