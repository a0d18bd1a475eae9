package dev.countersign.bench.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the kernel says of a process; proc(5). */
public final class ProcessStatus {
  private static final double TICKS_PER_SECOND = 100; // USER_HZ, the same on all that Linux runs on
  // Fields after the name, which is in parentheses and may hold spaces: the first of them is number
  // 3
  private static final int UTIME = 14 - 3;
  private static final int STIME = 15 - 3;
  private static final int CUTIME = 16 - 3;
  private static final int CSTIME = 17 - 3;

  private ProcessStatus() {}

  /** CPU seconds that it has used, in user and in kernel mode. */
  public static double cpuSeconds(long pid) throws IOException {
    String[] fields = stat(pid);
    return (number(fields, UTIME) + number(fields, STIME)) / TICKS_PER_SECOND;
  }

  /** The same of a process and all that it has started, also of those that have ended. */
  public static double cpuSecondsOfAll(ProcessHandle parent) throws IOException {
    String[] fields = stat(parent.pid());
    double sum =
        (number(fields, UTIME)
                + number(fields, STIME)
                + number(fields, CUTIME)
                + number(fields, CSTIME))
            / TICKS_PER_SECOND;
    for (ProcessHandle child : parent.children().toList()) {
      try {
        sum += cpuSecondsOfAll(child);
      } catch (NoSuchFileException e) {
        // it has ended meanwhile, and is in its parent's sum the next time
      }
    }
    return sum;
  }

  /** Resident memory in MiB. */
  public static long resident(long pid) throws IOException {
    return mebibytes(pid, "VmRSS:");
  }

  /** The most that was resident since {@link #forgetMost}, or ever. */
  public static long mostResident(long pid) throws IOException {
    return mebibytes(pid, "VmHWM:");
  }

  /** From now on the most is counted anew. */
  public static void forgetMost(long pid) throws IOException {
    Files.writeString(Path.of("/proc", Long.toString(pid), "clear_refs"), "5");
  }

  private static long mebibytes(long pid, String field) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
      return lines
          .filter(line -> line.startsWith(field))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")) / 1024)
          .findFirst()
          .orElseThrow(() -> new IOException("the kernel does not tell " + field));
    }
  }

  private static String[] stat(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ");
  }

  private static long number(String[] fields, int place) {
    return Long.parseLong(fields[place]);
  }
}
