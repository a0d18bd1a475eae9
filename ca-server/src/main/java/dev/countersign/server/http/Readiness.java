package dev.countersign.server.http;

import dev.countersign.db.DatabaseUnavailableException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What must hold for this server to be given work; each check says what is wrong, or nothing. */
public final class Readiness {
  private static final Logger LOG = LoggerFactory.getLogger(Readiness.class);

  private final Map<String, Supplier<Optional<String>>> checks;
  private volatile boolean stopping;

  public Readiness(Map<String, Supplier<Optional<String>>> checks) {
    this.checks = new LinkedHashMap<>(checks);
  }

  /** From now on not ready, so that a load balancer sends no more. */
  public void stopping() {
    stopping = true;
  }

  record State(boolean ready, Map<String, String> checks) {}

  State state() {
    Map<String, String> results = new LinkedHashMap<>();
    boolean ready = !stopping;
    results.put("running", stopping ? "stopping" : "ok");
    for (Map.Entry<String, Supplier<Optional<String>>> check : checks.entrySet()) {
      Optional<String> wrong;
      try {
        wrong = check.getValue().get();
      } catch (DatabaseUnavailableException e) {
        wrong = Optional.ofNullable(e.getMessage()); // whoever said it first has logged it
      } catch (RuntimeException e) {
        LOG.warn("The readiness check {} failed", check.getKey(), e);
        wrong = Optional.of("failed; see the log");
      }
      ready &= wrong.isEmpty();
      results.put(check.getKey(), wrong.orElse("ok"));
    }
    return new State(ready, results);
  }
}
