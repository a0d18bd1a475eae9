package dev.countersign.agent;

import dev.countersign.client.Credential;
import dev.countersign.client.LocalFiles;
import dev.countersign.client.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Makes the program of one hook load what is in force, and looks whether it has. */
final class HookRun {
  private static final int MOST_SAID = 2000;
  private static final long LOOK_MILLIS = 20;
  private static final long PROBE_AGAIN_MILLIS = 100;

  private final Hook hook;
  private final Path folder;
  private final long deadline;

  private HookRun(Hook hook, Path folder) {
    this.hook = hook;
    this.folder = folder;
    this.deadline = System.nanoTime() + hook.timeout().toNanos();
  }

  /** Back when it is done. */
  static void of(Hook hook, Path folder, Credential credential, Set<Part> changed)
      throws HookFailedException, InterruptedException {
    HookRun run = new HookRun(hook, folder);
    run.act(credential, changed);
    if (hook.probe().isPresent()) {
      run.awaitServed(Probe.at(hook.probe().get()), credential);
    }
  }

  private Duration left() {
    return Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
  }

  private void act(Credential credential, Set<Part> changed)
      throws HookFailedException, InterruptedException {
    if (hook.onChange().isPresent()) {
      command(List.of("/bin/sh", "-c", hook.onChange().get()), variables(credential, changed));
    } else if (hook.signal().isPresent()) {
      String process = process(Path.of(hook.pidFile().orElseThrow()));
      // The shell's own kill: there may be no other
      command(
          List.of("/bin/sh", "-c", "kill -s \"$1\" \"$2\"", "sh", hook.signal().get(), process),
          Map.of());
    } else if (hook.reloadUnit().isPresent()) {
      command(List.of("systemctl", "reload", "--", hook.reloadUnit().get()), Map.of());
    } else {
      new HaproxyRuntime(hook.haproxy().orElseThrow(), left()).load(folder, credential, changed);
    }
  }

  private Map<String, String> variables(Credential credential, Set<Part> changed) {
    Map<String, String> variables = new TreeMap<>();
    variables.put("COUNTERSIGN_DIR", folder.toString());
    variables.put("COUNTERSIGN_IDENTITY", credential.info().identity());
    variables.put("COUNTERSIGN_SERIAL", credential.info().serial().toString());
    variables.put("COUNTERSIGN_NOT_AFTER", credential.info().notAfter().toString());
    variables.put(
        "COUNTERSIGN_CHANGED", changed.stream().map(Part::label).collect(Collectors.joining(" ")));
    return variables;
  }

  private static String process(Path file) throws HookFailedException {
    if (!Files.isRegularFile(file)) {
      throw new HookFailedException(
          "There is no pid file at " + file + ". Start the program, or mend --pid-file.");
    }
    String text;
    String owner;
    try (InputStream in = Files.newInputStream(file)) {
      text = new String(in.readNBytes(4096), StandardCharsets.US_ASCII);
      owner = Files.getOwner(file).getName();
    } catch (IOException e) {
      throw new HookFailedException(
          String.valueOf(LocalFiles.failure("read the pid file", file, e).getMessage()), e);
    }
    String first = text.lines().findFirst().orElse("").strip(); // PostgreSQL's has more lines
    Optional<ProcessHandle> process =
        first.matches("[1-9][0-9]{0,9}")
            ? ProcessHandle.of(Long.parseLong(first)).filter(ProcessHandle::isAlive)
            : Optional.empty();
    if (process.isEmpty()) {
      throw new HookFailedException(
          "No process runs that "
              + file
              + " names. Start the program, or mend --pid-file; when it starts it loads what is in"
              + " force.");
    }
    String user = process.get().info().user().orElse(owner);
    // Or whoever may write the file could have root signal what is not theirs
    if (!owner.equals("root") && !owner.equals(user)) {
      throw new HookFailedException(
          file + " belongs to " + owner + ", and names a process of " + user + ".");
    }
    return first;
  }

  private void command(List<String> command, Map<String, String> variables)
      throws HookFailedException, InterruptedException {
    Process process;
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().keySet().removeIf(name -> name.equals("COUNTERSIGN_STRING"));
      builder.environment().putAll(variables);
      process = builder.start();
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new HookFailedException(
          command.get(0) + " could not be started: " + Printable.line(String.valueOf(e)), e);
    }
    Said said = new Said(process.getInputStream());
    try {
      // Not read to its end: what a command leaves running keeps its output open
      while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        said.hear();
        if (System.nanoTime() - deadline > 0) {
          throw new HookFailedException(
              "It did not end within " + hook.timeout().toSeconds() + " s, and was ended." + said);
        }
      }
      said.hear();
    } finally {
      if (process.isAlive()) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
      said.close();
    }
    if (process.exitValue() != 0) {
      throw new HookFailedException("It ended with " + process.exitValue() + "." + said);
    }
  }

  /** What a command has to say, as much of it as fits in a log. */
  private static final class Said {
    private final InputStream in;
    private final StringBuilder text = new StringBuilder();

    Said(InputStream in) {
      this.in = in;
    }

    void hear() {
      try {
        for (int there = in.available(); there > 0; there = in.available()) {
          byte[] some = in.readNBytes(Math.min(there, 8192));
          text.append(new String(some, StandardCharsets.UTF_8));
          if (text.length() > MOST_SAID) {
            text.delete(0, text.length() - MOST_SAID); // the end says why
          }
        }
      } catch (IOException e) {
        // it has closed its output
      }
    }

    void close() {
      try {
        in.close();
      } catch (IOException e) {
        // nobody reads on
      }
    }

    @Override
    public String toString() {
      String line = Printable.line(text.toString().strip());
      return line.isEmpty() ? "" : " It said: " + line;
    }
  }

  private void awaitServed(Probe probe, Credential credential)
      throws HookFailedException, InterruptedException {
    X509Certificate wanted = credential.certificate().x509();
    while (true) {
      String seen;
      try {
        X509Certificate served = probe.served(credential, left());
        if (served.equals(wanted)) {
          return;
        }
        seen =
            "serves the certificate "
                + served.getSerialNumber().toString(16)
                + ", not "
                + wanted.getSerialNumber().toString(16)
                + " which is in force";
      } catch (IOException e) {
        seen = "shows no certificate (" + Printable.line(String.valueOf(e.getMessage())) + ")";
      }
      if (System.nanoTime() - deadline > 0) {
        throw new HookFailedException(
            probe
                + " still "
                + seen
                + ", "
                + hook.timeout().toSeconds()
                + " s after it was told to load it. See the program's own log, and whether it reads"
                + " its files from "
                + folder.resolve("current")
                + ".");
      }
      TimeUnit.MILLISECONDS.sleep(PROBE_AGAIN_MILLIS);
    }
  }
}
