package dev.countersign.server.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Where the {@code *Routes} classes register what they answer. A route says how it behaves: one
 * that {@link #quick} answers from memory, one that is {@link #waiting} asks the database, one that
 * is answered {@link #later} gives its thread back until a future completes.
 */
public final class Endpoints {
  // Longer than the longest wait that a caller may ask for
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(75);

  /** The methods that there are. */
  public enum Method {
    GET,
    POST,
    PATCH,
    DELETE
  }

  /** One registered route, for the test that compares them with {@code openapi.yaml}. */
  public record Route(String method, String path) {}

  /** Answers by the time that it returns. */
  public interface NowHandler {
    void handle(Call call) throws Exception;
  }

  /** Answers by the time that the future completes. */
  public interface LaterHandler {
    CompletableFuture<?> handle(Call call) throws Exception;
  }

  private final RoutesConfig routes;
  private final Executor workers;
  private final Problems problems;
  private final List<Route> registered = new ArrayList<>();

  Endpoints(RoutesConfig routes, Executor workers, Problems problems) {
    this.routes = routes;
    this.workers = workers;
    this.problems = problems;
  }

  public void quick(Method method, String path, NowHandler handler) {
    register(
        method,
        path,
        ctx -> {
          Call call = Call.of(ctx);
          try {
            handler.handle(call);
          } catch (Exception e) {
            problems.answer(e, call);
          }
          call.writeTo(ctx);
        });
  }

  public void waiting(Method method, String path, NowHandler handler) {
    register(
        method,
        path,
        ctx ->
            answerLater(
                ctx, call -> CompletableFuture.runAsync(() -> run(handler, call), workers)));
  }

  public void later(Method method, String path, LaterHandler handler) {
    register(
        method,
        path,
        ctx ->
            answerLater(
                ctx,
                call -> {
                  try {
                    return handler.handle(call);
                  } catch (Exception e) {
                    return CompletableFuture.failedFuture(e);
                  }
                }));
  }

  public List<Route> registered() {
    return List.copyOf(registered);
  }

  private void answerLater(Context ctx, Function<Call, CompletableFuture<?>> work) {
    Call call = Call.of(ctx);
    ctx.future(
        () -> {
          Exchange exchange = Exchange.watching(ctx);
          var unused =
              start(work, call)
                  .whenComplete(
                      (nothing, failure) -> {
                        if (failure != null) {
                          problems.answer(failure, call);
                        }
                        exchange.answer(call);
                      });
          return exchange.written();
        });
  }

  private static CompletableFuture<?> start(Function<Call, CompletableFuture<?>> work, Call call) {
    CompletableFuture<?> started;
    try {
      started = work.apply(call);
    } catch (RuntimeException e) {
      started = CompletableFuture.failedFuture(e);
    }
    // A copy: the time is over for the caller, not for the work
    return started.thenApply(any -> any).orTimeout(ANSWER_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void run(NowHandler handler, Call call) {
    try {
      handler.handle(call);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new CompletionException(e);
    }
  }

  private void register(Method method, String path, Handler handler) {
    registered.add(new Route(method.name(), path));
    routes.addHttpHandler(HandlerType.findOrCreate(method.name()), path, handler);
  }
}
