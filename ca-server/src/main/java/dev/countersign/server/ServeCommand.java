package dev.countersign.server;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code countersignd serve}. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the authority of a folder until it is told to stop (SIGTERM, SIGINT).",
      "The base URLs are printed, and written to DIR/addresses.json, when it is ready."
    })
final class ServeCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

  @Spec private @Nullable CommandSpec spec;
  @Mixin private final HomeOption home = new HomeOption();

  @Option(
      names = "--https-port",
      paramLabel = "PORT",
      description = "In place of the configured one; 0 for any free port.")
  private @Nullable Integer httpsPort;

  @Option(names = "--http-port", paramLabel = "PORT", description = "The same for CRLs and OCSP.")
  private @Nullable Integer httpPort;

  @Option(
      names = "--management-port",
      paramLabel = "PORT",
      description = "The same for health and metrics.")
  private @Nullable Integer managementPort;

  @Mixin private final BindOptions binds = new BindOptions();

  @Option(
      names = "--the-clock-is-right",
      description =
          "When this machine's clock is told to be wrong, by records of a time when it was ahead,"
              + " or by the database server's clock. The ledger keeps that it was said.")
  private boolean clockIsRight;

  private final Supplier<Ground> ground;

  ServeCommand() {
    this(Wiring::ground);
  }

  /**
   * What differs in tests.
   *
   * @param ground is made when it serves
   */
  ServeCommand(Supplier<Ground> ground) {
    this.ground = ground;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Server server =
        Server.start(
            new ServeOrder(
                home.home(),
                home.passphraseFile(),
                new ServeOrder.Listening(
                    new ServeOrder.Ports(
                        Optional.ofNullable(httpsPort),
                        Optional.ofNullable(httpPort),
                        Optional.ofNullable(managementPort)),
                    binds.bind(),
                    binds.managementBind()),
                clockIsRight),
            ground.get());
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  LOG.info("Stopping: what was accepted is finished first");
                  server.close();
                  LOG.info("Stopped");
                  stopped.countDown();
                },
                "stop"));
    tell(server.addresses());
    LOG.info(
        "Ready {} ms after the process was started",
        ManagementFactory.getRuntimeMXBean().getUptime());
    stopped.await();
    return ExitCodes.DONE;
  }

  private void tell(Server.Addresses addresses) {
    if (spec == null) {
      throw new IllegalStateException("not run by picocli");
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println("https " + addresses.https());
    out.println("http " + addresses.http());
    out.println("management " + addresses.management());
    out.flush();
  }
}
