package dev.countersign.bench.floor;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.Pem;
import dev.countersign.pki.PemBlock;
import dev.countersign.server.keys.NativeProvider;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;

/**
 * The process. Its arguments are a certificate and requests, in PEM. Each line of its input is a
 * number of seconds; it answers with the milliseconds of CPU that a check and a signature took, and
 * a signature alone.
 */
public final class FloorMain {
  private static final int BETWEEN_CLOCKS = 50;

  private FloorMain() {}

  private interface Step {
    void go() throws GeneralSecurityException;
  }

  public static void main(String[] arguments) throws Exception {
    String provider = NativeProvider.install().provider();
    Certificate certificate = Certificate.parsePem(Files.readString(Path.of(arguments[0]))).get(0);
    List<byte[]> requests =
        Pem.decode(Files.readString(Path.of(arguments[1]))).stream()
            .map(PemBlock::content)
            .toList();
    Cryptography cryptography = new Cryptography(certificate, requests);
    System.out.println(provider);
    var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      double seconds = Double.parseDouble(line) / 2;
      double both = each(seconds, cryptography::checkAndSign);
      double signature = each(seconds, cryptography::sign);
      System.out.println(both + " " + signature + " " + cryptography.bytes());
    }
  }

  /** Milliseconds of this thread's CPU. */
  private static double each(double seconds, Step step) throws GeneralSecurityException {
    var threads = ManagementFactory.getThreadMXBean();
    long end = System.nanoTime() + (long) (seconds * 1e9);
    long begin = threads.getCurrentThreadCpuTime();
    long count = 0;
    while (System.nanoTime() < end) {
      for (int i = 0; i < BETWEEN_CLOCKS; i++) {
        step.go();
      }
      count += BETWEEN_CLOCKS;
    }
    return (threads.getCurrentThreadCpuTime() - begin) / 1e6 / count;
  }
}
