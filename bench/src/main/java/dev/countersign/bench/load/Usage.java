package dev.countersign.bench.load;

/** CPU seconds: of the server's process, of its database's processes, of the clients. */
public record Usage(double server, double database, double clients) {

  public Usage since(Usage before) {
    return new Usage(server - before.server, database - before.database, clients - before.clients);
  }

  /** Reads what was used until now. */
  public interface Gauge {
    Usage read() throws java.io.IOException;
  }
}
