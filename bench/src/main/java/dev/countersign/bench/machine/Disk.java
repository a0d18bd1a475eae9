package dev.countersign.bench.machine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The disk that the databases are on. */
public final class Disk {
  private static final int PAGE = 4096;
  private static final int TIMES = 200;

  private Disk() {}

  /** What a durable answer waits for at least, in milliseconds: the median of 200 flushes. */
  public static double flush(Path folder) throws IOException {
    double[] times = new double[TIMES];
    ByteBuffer page = ByteBuffer.allocate(PAGE);
    Path scratch = folder.resolve("flush");
    try (FileChannel file =
        FileChannel.open(scratch, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      for (int i = 0; i < times.length; i++) {
        page.clear();
        long begin = System.nanoTime();
        file.write(page);
        file.force(false);
        times[i] = (System.nanoTime() - begin) / 1e6;
      }
    }
    Files.delete(scratch);
    Arrays.sort(times);
    return times[times.length / 2];
  }

  /** In bytes. */
  public static long size(Path folder) throws IOException {
    long size = 0;
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        size += Files.size(file);
      }
    }
    return size;
  }

  public static void remove(Path folder) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.deleteIfExists(path);
    }
  }
}
