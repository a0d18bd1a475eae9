package dev.countersign.server.http;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.micrometer.core.instrument.Tags;
import io.micrometer.jetty12.server.TimedHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/**
 * One bound address with the calls that it answers. Few threads: what waits for the database runs
 * on {@link Workers}, what waits for its commit holds no thread.
 */
public final class Listener {
  // How long answers that are on their way keep a stop from telling peers to go away
  private static final Duration LAST_ANSWERS = Duration.ofSeconds(5);
  private static final long GLANCE_MILLISECONDS = 5;

  private final String name;
  private final Running running;
  private final @Nullable TlsEndpoint tls;
  private final List<Endpoints.Route> routes;

  private record Running(
      Javalin javalin, GracefulHandler graceful, Guards guards, BoundSocket socket) {}

  private Listener(
      String name, Running running, @Nullable TlsEndpoint tls, List<Endpoints.Route> routes) {
    this.name = name;
    this.running = running;
    this.tls = tls;
    this.routes = routes;
  }

  public static Listener https(
      BoundSocket socket,
      TlsMaterial material,
      ListenerLimits limits,
      ListenerContext context,
      Consumer<Endpoints> routes) {
    return start("https", socket, new TlsEndpoint(material), limits, context, routes);
  }

  public static Listener plain(
      String name,
      BoundSocket socket,
      ListenerLimits limits,
      ListenerContext context,
      Consumer<Endpoints> routes) {
    return start(name, socket, null, limits, context, routes);
  }

  private static Listener start(
      String name,
      BoundSocket socket,
      @Nullable TlsEndpoint tls,
      ListenerLimits limits,
      ListenerContext context,
      Consumer<Endpoints> routes) {
    List<Endpoints.Route> registered = new ArrayList<>();
    GracefulHandler graceful = new GracefulHandler();
    Guards guards = new Guards(limits, context.clock());
    guards.requests.setHandler(graceful);
    Javalin javalin =
        Javalin.create(
            config -> {
              common(config, limits);
              QueuedThreadPool threads = new QueuedThreadPool(limits.threads(), limits.threads());
              threads.setName(name);
              threads.setReservedThreads(0);
              config.jetty.threadPool = threads;
              config.jetty.modifyServer(
                  server -> {
                    graceful.setHandler(
                        new BodyLimit(limits.body(), limits.bodies(), guards::address));
                    handlers(server, name, guards.requests, context);
                  });
              config.jetty.modifyServletContextHandler(
                  // The request of an OCSP GET is base64 in the path (RFC 6960 A.1)
                  servlets -> servlets.getServletHandler().setDecodeAmbiguousURIs(true));
              config.jetty.addConnector(
                  (server, http) -> {
                    ServerConnector connector =
                        connector(server, configuration(http, limits), socket, tls);
                    connector.setIdleTimeout(limits.idle().toMillis());
                    connector.setAcceptedSendBufferSize(ListenerLimits.SEND_BUFFER);
                    guards.watch(connector);
                    return connector;
                  });
              context.problems().install(config);
              Endpoints endpoints =
                  new Endpoints(
                      config.routes, context.workers(), context.problems(), limits.answer());
              routes.accept(endpoints);
              config.jetty.modifyServer(
                  server ->
                      server.addBean(
                          new Recurring(
                              server.getScheduler(),
                              Deadlines.LOOK_EVERY,
                              endpoints::endLateOnes)));
              registered.addAll(endpoints.registered());
            });
    javalin.start();
    Running running = new Running(javalin, graceful, guards, socket);
    return new Listener(name, running, tls, List.copyOf(registered));
  }

  private static void common(JavalinConfig config, ListenerLimits limits) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.startup.startupWatcherEnabled = false;
    config.http.prefer405over404 = true;
    config.http.maxRequestSize = limits.body() + 1L;
    config.http.asyncTimeout = 0; // Endpoints keep the time
    config.http.defaultContentType = "application/octet-stream";
    // Answers may carry a secret next to what the caller chose (BREACH)
    config.http.compressionStrategy = CompressionStrategy.NONE;
    config.router.ignoreTrailingSlashes = false;
  }

  private static void handlers(
      Server server, String name, OpenRequests requests, ListenerContext context) {
    TimedHandler timed = new TimedHandler(context.meters(), Tags.of("listener", name));
    timed.setHandler(requests);
    RequestNumbers numbers = new RequestNumbers(context.random());
    numbers.setHandler(timed);
    server.setHandler(numbers);
    server.setErrorHandler(new TransportErrors());
    server.setRequestLog(new AccessLog(name));
    server.setStopTimeout(context.finishWithin().toMillis());
    server.setStopAtShutdown(false);
  }

  private static HttpConfiguration configuration(HttpConfiguration base, ListenerLimits limits) {
    HttpConfiguration http = new HttpConfiguration(base);
    http.setSendServerVersion(false);
    http.setSendXPoweredBy(false);
    http.setRequestHeaderSize(ListenerLimits.HEAD);
    http.setHeaderCacheSize(0); // would be 32 KiB of each connection's
    http.setIdleTimeout(limits.idle().toMillis());
    return http;
  }

  private static ServerConnector connector(
      Server server, HttpConfiguration http, BoundSocket socket, @Nullable TlsEndpoint tls) {
    if (tls == null) {
      http.setUriCompliance(UriCompliance.UNSAFE);
    }
    ServerConnector connector =
        tls == null
            ? new ServerConnector(server, null, null, null, 0, 1, new HttpConnectionFactory(http))
            : new ServerConnector(server, null, null, null, 0, 1, tls.factories(http));
    try {
      connector.open(socket.channel());
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return connector;
  }

  public String name() {
    return name;
  }

  public int port() {
    return running.socket().port();
  }

  /** What is answered here, for the test that compares it with the contract. */
  public List<Endpoints.Route> routes() {
    return routes;
  }

  /** New connections get the new certificate; those that are open stay. */
  public void reload(TlsMaterial material) {
    if (tls == null) {
      throw new IllegalStateException(name + " does not speak TLS");
    }
    tls.reload(material);
  }

  /** Takes no more connections, finishes what was accepted, then closes. */
  public void stop() throws IOException, InterruptedException {
    running.socket().close();
    // Some HTTP/2 clients drop what they wait for when they are told to go away
    long glances = LAST_ANSWERS.toMillis() / GLANCE_MILLISECONDS;
    for (long i = 0; i < glances && running.graceful().getCurrentRequestCount() > 0; i++) {
      TimeUnit.MILLISECONDS.sleep(GLANCE_MILLISECONDS);
    }
    running.guards().hangUp();
    running.javalin().stop();
  }
}
