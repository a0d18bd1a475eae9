package dev.countersign.db;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/** A process that writes as fast as it can and says what was acknowledged, until it is killed. */
final class KilledWriter {

  private KilledWriter() {}

  public static void main(String[] arguments) throws InterruptedException {
    long number = Long.parseLong(arguments[1]);
    Database database =
        Database.open(
            DatabaseSettings.embedded(Path.of(arguments[0])),
            (reason, cause) -> Runtime.getRuntime().halt(70));
    PrintStream out = System.out;
    out.println("open");
    Semaphore window = new Semaphore(64);
    CompletableFuture<Void> acknowledged = CompletableFuture.completedFuture(null);
    while (!acknowledged.isCompletedExceptionally()) {
      window.acquire();
      long next = number++;
      CompletableFuture<Integer> write =
          database.write(
              handle ->
                  handle
                      .createUpdate(
                          "insert into trust_bundle (number, created_at, roots)"
                              + " values (:number, :at, :roots)")
                      .bind("number", next)
                      .bind("at", Instant.EPOCH)
                      .bind("roots", "x".repeat(1000))
                      .execute());
      acknowledged =
          write.thenRun(
              () -> {
                out.println(next + "."); // the dot: a line cut short is no acknowledgement
                window.release();
              });
    }
  }
}
