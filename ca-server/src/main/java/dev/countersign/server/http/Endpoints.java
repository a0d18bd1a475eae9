package dev.countersign.server.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/**
 * Where the {@code *Routes} classes register what they answer. A route says how it behaves: one
 * that {@link #quick} answers from memory, one that is {@link #waiting} asks the database, one that
 * is answered {@link #later} gives its thread back until a future completes, and one that is {@link
 * #recorded} asks the database and is answered when its write is done.
 */
public final class Endpoints {
  /** The methods that there are. */
  public enum Method {
    GET,
    HEAD,
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
  private final Workers workers;
  private final Problems problems;
  private final Deadlines deadlines;
  private final List<Route> registered = new ArrayList<>();

  Endpoints(RoutesConfig routes, Workers workers, Problems problems, Duration answer) {
    this.routes = routes;
    this.workers = workers;
    this.problems = problems;
    this.deadlines = new Deadlines(answer);
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
          Exchange.begin(ctx, exchange -> exchange.answer(call));
        });
  }

  public void waiting(Method method, String path, NowHandler handler) {
    answerLater(method, path, call -> workers.request(() -> run(handler, call)));
  }

  public void later(Method method, String path, LaterHandler handler) {
    answerLater(method, path, call -> started(handler, call));
  }

  public void recorded(Method method, String path, LaterHandler handler) {
    answerLater(
        method,
        path,
        call -> workers.request(() -> started(handler, call)).thenCompose(answered -> answered));
  }

  /** Ends what is not answered in time; to be called again and again. */
  void endLateOnes() {
    deadlines.look();
  }

  public List<Route> registered() {
    return List.copyOf(registered);
  }

  private void answerLater(Method method, String path, Function<Call, CompletableFuture<?>> work) {
    register(
        method,
        path,
        ctx -> {
          Call call = Call.of(ctx);
          Exchange.begin(ctx, exchange -> answerLater(exchange, call, work));
        });
  }

  private void answerLater(
      Exchange exchange, Call call, Function<Call, CompletableFuture<?>> work) {
    var unused =
        start(work, call)
            .whenComplete(
                (nothing, failure) -> {
                  if (failure != null) {
                    problems.answer(failure, call);
                  }
                  exchange.answer(call);
                });
  }

  private CompletableFuture<?> start(Function<Call, CompletableFuture<?>> work, Call call) {
    CompletableFuture<?> started;
    try {
      started = work.apply(call);
    } catch (RuntimeException e) {
      started = CompletableFuture.failedFuture(e);
    }
    // A copy: the time is over for the caller, not for the work
    CompletableFuture<?> answered = started.thenApply(any -> any);
    deadlines.watch(answered);
    return answered;
  }

  private static CompletableFuture<?> started(LaterHandler handler, Call call) {
    try {
      return handler.handle(call);
    } catch (Exception e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static Call run(NowHandler handler, Call call) {
    try {
      handler.handle(call);
      return call;
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
