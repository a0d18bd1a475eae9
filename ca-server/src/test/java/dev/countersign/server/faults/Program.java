package dev.countersign.server.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.server.InProcess;
import dev.countersign.server.LeapingDaemon;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** The two programs, run in JVMs of their own from the classes under test. */
final class Program {
  private static final long PATIENCE_SECONDS = 120;
  private static final String AUTHORITY = "dev.countersign.server.Main";
  private static final String CLIENT = "dev.countersign.cli.Main";

  private Program() {}

  /**
   * What a program is run by.
   *
   * @param classPath of that of the tests, what is run
   * @param main the class that is run
   */
  record Jvm(List<String> options, UnaryOperator<List<String>> classPath, String main) {
    static final Jvm USUAL = new Jvm(List.of(), UnaryOperator.identity(), AUTHORITY);

    /** On a machine whose clock is moved by what stands in a file. */
    static Jvm leaping(Path by) {
      return new Jvm(
          List.of("-D" + LeapingDaemon.FILE + "=" + by),
          UnaryOperator.identity(),
          LeapingDaemon.class.getName());
    }

    Jvm with(String... more) {
      return new Jvm(List.of(more), classPath, main);
    }

    Jvm with(UnaryOperator<List<String>> other) {
      return new Jvm(options, other, main);
    }
  }

  static List<String> countersignd(List<String> options, String... arguments) {
    return countersignd(Jvm.USUAL.with(options.toArray(String[]::new)), arguments);
  }

  static List<String> countersignd(Jvm jvm, String... arguments) {
    return command(jvm, arguments);
  }

  static List<String> countersign(String... arguments) {
    return command(new Jvm(List.of(), UnaryOperator.identity(), CLIENT), arguments);
  }

  private static List<String> command(Jvm jvm, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Lives too short to be worth compiling well
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
    command.addAll(jvm.options());
    String classPath = String.join(File.pathSeparator, jvm.classPath().apply(classPath()));
    command.addAll(List.of("-cp", classPath, jvm.main()));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Surefire puts the tests on the class path of the JVM, other launchers into a class loader. */
  private static List<String> classPath() {
    if (Program.class.getClassLoader() instanceof URLClassLoader loader) {
      return Arrays.stream(loader.getURLs()).map(URL::getPath).toList();
    }
    return List.of(System.getProperty("java.class.path").split(File.pathSeparator));
  }

  /** A program that runs; what it says is kept in files until it has ended. */
  record Running(Process process, Path out, Path err) {
    Ended end() throws InterruptedException {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        throw new AssertionError("did not end: " + read(err));
      }
      Ended ended = new Ended(process.exitValue(), read(out), read(err));
      delete(out);
      delete(err);
      return ended;
    }
  }

  /** A program that has ended. */
  record Ended(int code, String out, String err) {
    Ended with(int expected) {
      assertThat(code).as("exit code of%n%s%n%s", out, err).isEqualTo(expected);
      return this;
    }

    /** What it says to the operator about why it did not do its work: one line, no stack trace. */
    String complaint() {
      assertThat(err).doesNotContain("\tat ");
      List<String> said = err.lines().filter(line -> line.startsWith("countersignd: ")).toList();
      assertThat(said).as(err).hasSize(1);
      return said.get(0);
    }
  }

  static Running start(List<String> command) {
    try {
      Path out = Files.createTempFile("countersign-out", ".txt");
      Path err = Files.createTempFile("countersign-err", ".txt");
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      process.getOutputStream().close();
      return new Running(process, out, err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Within this JVM: for many commands that are soon done, and end no process. */
  static Ended inProcess(String... arguments) {
    InProcess.Ended ended = InProcess.countersignd(arguments);
    return new Ended(ended.code(), ended.out(), ended.err());
  }

  static Ended run(List<String> command) throws InterruptedException {
    return start(command).end();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
