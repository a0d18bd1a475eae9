package dev.countersign.server.authority;

import dev.countersign.pki.Certificate;
import dev.countersign.server.http.Answers;
import dev.countersign.server.http.Call;
import dev.countersign.server.http.Endpoints;
import dev.countersign.server.http.Endpoints.Method;
import dev.countersign.server.http.LongPolls;
import dev.countersign.server.http.Parameters;
import dev.countersign.server.http.Tag;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** {@code /v1/trust} and {@code /v1/trust.pem}: for everyone, from memory. */
public final class TrustRoutes {
  private final Hierarchy hierarchy;
  private final LongPolls polls;

  public TrustRoutes(Hierarchy hierarchy, LongPolls polls) {
    this.hierarchy = hierarchy;
    this.polls = polls;
  }

  public void register(Endpoints endpoints) {
    endpoints.later(Method.GET, "/v1/trust", this::trust);
    endpoints.quick(Method.GET, "/v1/trust.pem", this::pem);
  }

  private CompletableFuture<?> trust(Call call) {
    Parameters.only(call, Set.of("after", "wait"));
    OptionalLong after = Parameters.number(call, "after");
    Optional<Duration> wait = Parameters.wait(call);
    if (after.isEmpty() || wait.isEmpty() || isNewer(after.getAsLong())) {
      answer(call);
      return CompletableFuture.completedFuture(null);
    }
    return polls
        .await(wait.get(), () -> isNewer(after.getAsLong()))
        .thenRun(
            () -> {
              if (isNewer(after.getAsLong())) {
                answer(call);
              } else {
                call.header("ETag", tag()).status(304);
              }
            });
  }

  private void answer(Call call) {
    call.header("Cache-Control", "no-cache");
    if (!Tag.unchanged(call, tag(), Optional.empty())) {
      Answers.json(call, 200, TrustBundleJson.of(hierarchy));
    }
  }

  private void pem(Call call) {
    call.header("Cache-Control", "no-cache");
    String pem = Certificate.toPem(hierarchy.trustBundle().roots());
    if (!Tag.unchanged(call, Tag.of(pem), Optional.empty())) {
      Answers.pem(call, pem);
    }
  }

  private boolean isNewer(long after) {
    return hierarchy.trustBundle().number() > after;
  }

  private String tag() {
    return Tag.of(Answers.bytes(TrustBundleJson.of(hierarchy)));
  }
}
