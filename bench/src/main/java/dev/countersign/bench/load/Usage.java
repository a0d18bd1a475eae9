package dev.countersign.bench.load;

import java.io.IOException;
import java.lang.management.ManagementFactory;

/** CPU seconds: of the server's process, of its database's processes, of the clients. */
public record Usage(double server, double database, double clients) {

  public Usage since(Usage before) {
    return new Usage(server - before.server, database - before.database, clients - before.clients);
  }

  /** Of this process, which the clients are in. */
  public static double ownSeconds() {
    var system =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return system.getProcessCpuTime() / 1e9;
  }

  /** Reads what was used until now. */
  public interface Gauge {
    Usage read() throws IOException;
  }
}
