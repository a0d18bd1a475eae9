package dev.countersign.server;

import dev.countersign.server.config.Config;
import dev.countersign.server.config.ListenerConfig;
import dev.countersign.server.http.BoundSocket;
import java.io.IOException;
import java.net.BindException;

/** The three addresses, bound before anything else is done. */
record Sockets(BoundSocket https, BoundSocket http, BoundSocket management)
    implements AutoCloseable {

  static Sockets bind(Config config) throws IOException {
    BoundSocket https = bind("https", config.listeners().https());
    try {
      BoundSocket http = bind("http", config.listeners().http());
      try {
        return new Sockets(https, http, bind("management", config.listeners().management()));
      } catch (StartFailure e) {
        http.close();
        throw e;
      }
    } catch (StartFailure e) {
      https.close();
      throw e;
    }
  }

  private static BoundSocket bind(String name, ListenerConfig listener) {
    try {
      return BoundSocket.bind(listener.bind(), listener.port());
    } catch (BindException e) {
      throw new StartFailure(
          ExitCodes.LOCAL_FILES,
          "Port "
              + listener.port()
              + " of "
              + listener.bind()
              + " cannot be bound ("
              + e.getMessage()
              + "): stop what listens there, or choose another with --"
              + name
              + "-port.",
          e);
    } catch (IOException e) {
      throw new StartFailure(
          ExitCodes.LOCAL_FILES,
          "Cannot listen on "
              + listener.bind()
              + " ("
              + e.getMessage()
              + "): correct listeners."
              + name
              + ".bind in countersign.yaml.",
          e);
    }
  }

  @Override
  public void close() throws IOException {
    https.close();
    http.close();
    management.close();
  }
}
