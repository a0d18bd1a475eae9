package dev.countersign.server.state;

import dev.countersign.db.Database;
import dev.countersign.db.DatabaseSettings;
import dev.countersign.db.FatalHandler;
import dev.countersign.server.identity.Identity;
import dev.countersign.server.issuance.Applicant;
import dev.countersign.server.issuance.SignedCertificate;
import dev.countersign.server.issuance.SystemProof;
import dev.countersign.server.keys.NativeProvider;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Measures the step "record" alone, on the embedded database in a folder: how fast, and what the
 * file grows by. Certificates are signed beforehand.
 *
 * <p>Arguments: an empty folder, then {@code waiting:certificates} any number of times, as {@code
 * 1:2000 16:8000 64:10000}; each number of waiting clients is kept up until its certificates are
 * recorded.
 */
final class RecordRate {
  private static final PrintStream OUT = System.out;

  private RecordRate() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    NativeProvider.install();
    DatabaseSettings settings = DatabaseSettings.embedded(folder);
    try (Database database = Database.create(settings, FatalHandler.process())) {
      Desk desk = Desk.over(database);
      Identity identity = desk.identity("orders");
      warmUp(desk, identity);
      for (String round : List.of(arguments).subList(1, arguments.length)) {
        String[] parts = round.split(":");
        round(desk, identity, Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), folder);
      }
      OUT.printf("open    %,12d bytes%n", size(folder));
    }
    OUT.printf("closed  %,12d bytes%n", size(folder));
  }

  private static void warmUp(Desk desk, Identity identity) throws InterruptedException {
    run(desk, identity, 16, signed(desk, identity, 3000));
  }

  private static void round(Desk desk, Identity identity, int waiting, int count, Path folder)
      throws Exception {
    List<SignedCertificate> signed = signed(desk, identity, count);
    long before = size(folder);
    long began = System.nanoTime();
    long[] nanos = run(desk, identity, waiting, signed);
    double seconds = (System.nanoTime() - began) / 1e9;
    Arrays.sort(nanos);
    OUT.printf(
        "%3d waiting: %,7.0f/s  p50 %6.2f  p99 %6.2f  max %6.1f ms  %,7d bytes each%n",
        waiting,
        count / seconds,
        nanos[count / 2] / 1e6,
        nanos[(int) (count * 0.99)] / 1e6,
        nanos[count - 1] / 1e6,
        (size(folder) - before) / count);
  }

  private static long[] run(
      Desk desk, Identity identity, int waiting, List<SignedCertificate> signed)
      throws InterruptedException {
    Applicant applicant = Desk.applicant(identity, new SystemProof("rate"));
    Semaphore free = new Semaphore(waiting);
    long[] nanos = new long[signed.size()];
    for (int i = 0; i < nanos.length; i++) {
      free.acquire();
      int at = i;
      long began = System.nanoTime();
      desk.certificates
          .record(signed.get(i), applicant)
          .whenComplete(
              (recorded, thrown) -> {
                nanos[at] = System.nanoTime() - began;
                if (thrown != null) {
                  OUT.println(thrown);
                }
                free.release();
              });
    }
    free.acquire(waiting);
    return nanos;
  }

  private static List<SignedCertificate> signed(Desk desk, Identity identity, int count) {
    return IntStream.range(0, count).mapToObj(i -> desk.signed(identity, Desk.newKey())).toList();
  }

  private static long size(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      long size = 0;
      for (Path file : files.toList()) {
        size += Files.size(file);
      }
      return size;
    }
  }
}
