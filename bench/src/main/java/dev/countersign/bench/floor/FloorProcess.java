package dev.countersign.bench.floor;

import dev.countersign.bench.machine.Jdk;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/** The loop with one JDK, in a process that waits between measurements. */
public final class FloorProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader output;
  private final Writer input;
  private final String provider;

  /** Milliseconds of CPU: of a check and a signature, and of a signature alone. */
  public record Measured(double checkAndSign, double sign) {}

  /**
   * @param certificate in PEM, that others are made after
   * @param requests PKCS#10 in PEM
   */
  public FloorProcess(Jdk jdk, Path certificate, Path requests) throws IOException {
    process =
        new ProcessBuilder(
                jdk.command(FloorMain.class.getName(), certificate.toString(), requests.toString()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    input = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.US_ASCII);
    provider = line();
  }

  /** Who signs, with its version. */
  public String provider() {
    return provider;
  }

  public Measured measure(double seconds) throws IOException {
    input.write(String.format(Locale.ROOT, "%.3f%n", seconds));
    input.flush();
    String[] parts = line().split(" ");
    return new Measured(Double.parseDouble(parts[0]), Double.parseDouble(parts[1]));
  }

  private String line() throws IOException {
    String line = output.readLine();
    if (line == null) {
      throw new IOException("the loop of bare cryptography has ended; see above");
    }
    return line;
  }

  @Override
  public void close() throws IOException {
    input.close(); // it ends with its input
    process.destroy();
  }
}
