package dev.countersign.pki.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program that others wrote and keeps what it said. */
public final class Stranger {
  /** What came of it; standard output and error in one text, as people see them. */
  public record Result(List<String> command, int exitCode, String output) {

    /** This result, if the program ended with 0. */
    public Result succeeded() {
      if (exitCode != 0) {
        throw new AssertionError(this);
      }
      return this;
    }

    @Override
    public String toString() {
      return String.join(" ", command) + "\nended with " + exitCode + ":\n" + output;
    }
  }

  private static final long MOST_SECONDS = 60;

  private Stranger() {}

  /** Runs the command in the folder, without anything on standard input. */
  static Result run(Path folder, String program, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(program);
    command.addAll(List.of(arguments));
    try {
      Path output = Files.createTempFile("countersign-stranger", ".txt");
      try {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("LC_ALL", "C");
        Process process =
            builder
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new AssertionError(String.join(" ", command) + " did not end");
        }
        byte[] said = Files.readAllBytes(output);
        return new Result(
            List.copyOf(command), process.exitValue(), new String(said, StandardCharsets.UTF_8));
      } finally {
        Files.delete(output);
      }
    } catch (IOException e) {
      throw new AssertionError("cannot run " + program + ": is it installed?", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while " + program + " ran", e);
    }
  }
}
