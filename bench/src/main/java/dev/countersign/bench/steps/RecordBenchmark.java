package dev.countersign.bench.steps;

import dev.countersign.bench.operations.Subjects;
import dev.countersign.db.DatabaseSettings;
import dev.countersign.pki.CertificateRequest;
import dev.countersign.pki.InvalidRequestException;
import dev.countersign.server.issuance.RecordedCertificate;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * From the approval to the certificate on disk, for sixteen who wait at once: how long each waits,
 * its own turn at the CPU among it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Threads(RecordBenchmark.CALLERS)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up first
public class RecordBenchmark {
  static final int CALLERS = 16;
  private static final int KEYS = 500;

  /** Of the database; empty for the embedded one. */
  @Param("")
  public String database;

  private final List<CertificateRequest> requests = new ArrayList<>();
  private final AtomicInteger next = new AtomicInteger();
  private Corridor corridor;

  @Setup
  public void prepare() throws IOException, InvalidRequestException {
    corridor =
        new Corridor(
            database.isEmpty()
                ? Optional.empty()
                : Optional.of(
                    new DatabaseSettings(database, Optional.of("postgres"), Optional.empty())));
    Subjects subjects = new Subjects(KEYS, new SecureRandom());
    for (int i = 0; i < KEYS; i++) {
      requests.add(CertificateRequest.verified(subjects.request(i)));
    }
  }

  @TearDown
  public void close() throws IOException {
    corridor.close();
  }

  /** Steps 3 to 6. */
  @Benchmark
  public RecordedCertificate step7ApproveToRecord() {
    return corridor.issue(requests.get(Math.floorMod(next.getAndIncrement(), KEYS)));
  }
}
