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
    } catch (IOException e) {
      throw new StartFailure(ExitCodes.LOCAL_FILES, sentence(name, listener, e), e);
    }
  }

  private static String sentence(String name, ListenerConfig listener, IOException e) {
    String why = String.valueOf(e.getMessage());
    String port = "Port " + listener.port() + " of " + listener.bind();
    if (e instanceof BindException && !why.contains("assign")) { // EADDRINUSE, not EADDRNOTAVAIL
      return port
          + " cannot be bound ("
          + why
          + "): stop what listens there, or choose another with --"
          + name
          + "-port.";
    }
    if (why.contains("Permission denied")) {
      return port
          + " may not be bound by this user: choose one above 1023 with --"
          + name
          + "-port, or give the right CAP_NET_BIND_SERVICE.";
    }
    return "Cannot listen on "
        + listener.bind()
        + " ("
        + why
        + "): correct listeners."
        + name
        + ".bind in countersign.yaml.";
  }

  @Override
  public void close() throws IOException {
    https.close();
    http.close();
    management.close();
  }
}
