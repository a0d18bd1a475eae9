package dev.countersign.bench.contenders;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A server program that listens on a port of loopback. */
final class PeerProcess implements AutoCloseable {
  private static final long START_WITHIN = TimeUnit.SECONDS.toNanos(30);

  private final List<String> command;
  private final Path folder;
  private final int port;
  private @Nullable Process process;

  PeerProcess(List<String> command, Path folder, int port) {
    this.command = command;
    this.folder = folder;
    this.port = port;
  }

  /** A program on the path. */
  static Optional<Path> find(String program) {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Starts it; returns the seconds until it listened. */
  double start() throws IOException, InterruptedException {
    Path log = folder.resolve("log");
    long begin = System.nanoTime();
    Process started =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    process = started;
    while (!listens()) {
      if (!started.isAlive() || System.nanoTime() - begin > START_WITHIN) {
        started.destroy();
        throw new IOException(command.get(0) + " did not start: " + Files.readString(log));
      }
      Thread.sleep(5);
    }
    return (System.nanoTime() - begin) / 1e9;
  }

  private boolean listens() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  long pid() throws IOException {
    Process running = process;
    if (running == null || !running.isAlive()) {
      throw new IOException(command.get(0) + " has ended: see " + folder.resolve("log"));
    }
    return running.pid();
  }

  @Override
  public void close() throws InterruptedException {
    Process running = process;
    process = null;
    if (running != null) {
      running.destroy();
      if (!running.waitFor(30, TimeUnit.SECONDS)) {
        running.destroyForcibly();
      }
    }
  }
}
