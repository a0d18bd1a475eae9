package dev.countersign.server;

import dev.countersign.server.config.Config;
import dev.countersign.server.config.ListenerConfig;
import dev.countersign.server.config.ListenersConfig;
import dev.countersign.server.http.BoundSocket;
import java.io.IOException;
import java.net.BindException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The three addresses, bound early, so that a port that is taken ends a start before the database
 * is opened; answered and told of when all is ready.
 */
record Sockets(BoundSocket https, BoundSocket http, BoundSocket management)
    implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Sockets.class);

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

  /** Who can reach what: nobody should have to find that out with a port scanner. */
  void tell(ListenersConfig listeners) {
    tell("https", listeners.https(), https);
    tell("http", listeners.http(), http);
    tell("management", listeners.management(), management);
    if (!listeners.management().onLoopback()) {
      LOG.warn(
          "management answers without asking who: see that only your monitoring reaches port {}",
          management.port());
    }
  }

  private static void tell(String name, ListenerConfig listener, BoundSocket socket) {
    LOG.info(
        "{} listens on {}",
        name,
        listener.onAll()
            ? "all interfaces, port " + socket.port()
            : ServerUrls.literal(listener.bind())
                + ":"
                + socket.port()
                + (listener.onLoopback() ? ", for this machine alone" : ""));
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
        + "): give an address of this machine with "
        + (name.equals("management") ? "--management-bind" : "--bind")
        + ", or correct listeners."
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
