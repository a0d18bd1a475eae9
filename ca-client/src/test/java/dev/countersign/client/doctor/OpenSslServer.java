package dev.countersign.client.doctor;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.testing.TestCa;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code openssl s_server}: it takes what Java takes, and other ways to be wrong. */
final class OpenSslServer implements AutoCloseable {
  private static final Pattern ACCEPT = Pattern.compile("ACCEPT .*:([0-9]+)");
  private final Process process;
  private final int port;

  private OpenSslServer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  static OpenSslServer start(Path temp, TestCa.Credential own, Certificate root, String... options)
      throws IOException {
    Path folder =
        Clinic.folder(
            Files.createTempDirectory(temp, "openssl"), "files", own.key(), own.chain(), root);
    List<String> command =
        new ArrayList<>(
            List.of(
                "openssl",
                "s_server",
                "-accept",
                "127.0.0.1:0",
                "-key",
                "key.pem",
                "-cert",
                "fullchain.pem",
                "-cert_chain",
                "fullchain.pem",
                "-CAfile",
                "trust.pem"));
    command.addAll(List.of(options));
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    BufferedReader said =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    StringBuilder all = new StringBuilder();
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      all.append(line).append('\n');
      Matcher matcher = ACCEPT.matcher(line);
      if (matcher.find()) {
        dev.countersign.pki.testing.OwnThread.run(() -> drain(said));
        return new OpenSslServer(process, Integer.parseInt(matcher.group(1)));
      }
    }
    throw new AssertionError("openssl s_server did not start: " + all);
  }

  private static void drain(BufferedReader said) {
    try {
      while (said.readLine() != null) {
        // so that it is never stopped by a full pipe
      }
    } catch (IOException e) {
      // it has ended
    }
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
