package dev.countersign.server.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Where the {@code *Routes} classes register what they answer. A route says how it behaves: one
 * that {@link #quick} answers from memory, one that {@link #waiting} asks the database, one that
 * {@link #later} is answered when a future completes.
 */
public final class Endpoints {

  /** One registered route, for the test that compares them with {@code openapi.yaml}. */
  public record Route(String method, String path) {}

  /** Answers by a future whose completion has written the answer into the context. */
  public interface LaterHandler {
    CompletableFuture<?> handle(Context ctx) throws Exception;
  }

  private final RoutesConfig routes;
  private final Executor workers;
  private final List<Route> registered = new ArrayList<>();

  public Endpoints(RoutesConfig routes, Executor workers) {
    this.routes = routes;
    this.workers = workers;
  }

  public void quick(HandlerType method, String path, Handler handler) {
    register(method, path, handler);
  }

  public void waiting(HandlerType method, String path, Handler handler) {
    register(
        method,
        path,
        ctx ->
            ctx.future(
                () ->
                    CompletableFuture.runAsync(
                        () -> {
                          try {
                            handler.handle(ctx);
                          } catch (Exception e) {
                            throw e instanceof RuntimeException ours
                                ? ours
                                : new CompletionException(e);
                          }
                        },
                        workers)));
  }

  public void later(HandlerType method, String path, LaterHandler handler) {
    register(
        method,
        path,
        ctx -> {
          CompletableFuture<?> answer = handler.handle(ctx);
          Supplier<CompletableFuture<?>> supplier = () -> answer;
          ctx.future(supplier);
        });
  }

  public List<Route> registered() {
    return List.copyOf(registered);
  }

  private void register(HandlerType method, String path, Handler handler) {
    registered.add(new Route(method.name(), path));
    routes.addHttpHandler(method, path, handler);
  }
}
