package dev.countersign.server;

import dev.countersign.db.FatalHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;

/**
 * {@code countersignd} on a machine whose clock leaps: the real one, moved by what stands in a file
 * that a system property names.
 */
public final class LeapingDaemon {
  public static final String FILE = "countersign.test.leap";

  private static final long LOOK_MILLISECONDS = 5;

  private volatile Duration shift = Duration.ZERO;

  private LeapingDaemon() {}

  public static void main(String[] args) throws IOException {
    LeapingDaemon daemon = new LeapingDaemon();
    Path file = Path.of(System.getProperty(FILE));
    daemon.read(file);
    Thread reader = new Thread(() -> daemon.readOn(file), "leaps");
    reader.setDaemon(true);
    reader.start();
    System.exit(Main.run(daemon.factory(), args));
  }

  private void readOn(Path file) {
    try {
      while (true) {
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLISECONDS);
        read(file);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read(Path file) throws IOException {
    shift = Duration.parse(Files.readString(file).strip());
  }

  private CommandLine.IFactory factory() {
    CommandLine.IFactory usual = CommandLine.defaultFactory();
    return new CommandLine.IFactory() {
      @Override
      public <K> K create(Class<K> type) throws Exception {
        return type == ServeCommand.class
            ? type.cast(new ServeCommand(LeapingDaemon.this::ground))
            : usual.create(type);
      }
    };
  }

  private Ground ground() {
    InstantSource real = InstantSource.system();
    InstantSource machine = () -> real.instant().plus(shift);
    return new Ground(
        new SteadyClock(machine, System::nanoTime, new Uptime()::nanoseconds),
        new SecureRandom(),
        System.getenv(),
        FatalHandler.process());
  }
}
