package dev.countersign.agent;

import dev.countersign.agent.AgentState.HookState;
import dev.countersign.client.Credential;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How the credentials are, in the text format of Prometheus. */
final class Metrics {
  private static final String PREFIX = "countersign_agent_";

  private final Map<String, StringBuilder> families = new LinkedHashMap<>();

  private Metrics() {}

  static String of(List<Condition> conditions, Instant now) {
    Metrics metrics = new Metrics();
    conditions.forEach(condition -> metrics.add(condition, now));
    StringBuilder all = new StringBuilder();
    metrics.families.values().forEach(all::append);
    return all.toString();
  }

  private void add(Condition condition, Instant now) {
    String labels = "dir=\"" + escaped(condition.folder().toString()) + "\"";
    boolean good = condition.complaints(now).isEmpty();
    gauge("good", "1 if nobody has to look after the credential", labels, good ? 1 : 0);
    gauge("waiting", "1 if another agent keeps it", labels, condition.waiting() ? 1 : 0);
    counter("renewals_total", "certificates that this agent has got", labels, condition.renewals());
    counter(
        "failures_total", "attempts to renew or update that failed", labels, condition.failures());
    condition.present().ifPresent(present -> add(present, labels));
    condition
        .heard()
        .ifPresent(
            heard -> {
              gauge("denials_number", "newest denial heard of", labels, heard.number());
              gauge(
                  "denials_as_of_seconds",
                  "the authority's time when that was all",
                  labels,
                  heard.at().getEpochSecond());
            });
    condition
        .hooks()
        .forEach((hook, state) -> add(labels + ",hook=\"" + escaped(hook.name()) + "\"", state));
  }

  private void add(Present present, String labels) {
    Credential credential = present.credential();
    gauge(
        "not_after_seconds",
        "when the certificate ends",
        labels,
        credential.info().notAfter().getEpochSecond());
    gauge(
        "renewal_end_seconds",
        "by when it is to be renewed",
        labels,
        credential.info().renewal().end().getEpochSecond());
    present
        .listsAsOf()
        .ifPresent(
            asOf ->
                gauge(
                    "lists_as_of_seconds",
                    "when the issuer's revocation list was made",
                    labels,
                    asOf.getEpochSecond()));
  }

  private void add(String labels, HookState state) {
    gauge("hook_good", "0 while a hook fails", labels, state.failingSince().isPresent() ? 0 : 1);
    gauge("hook_failures", "failures since it was last done", labels, state.failures());
    state
        .doneAt()
        .ifPresent(
            at -> gauge("hook_done_seconds", "when it was last done", labels, at.getEpochSecond()));
  }

  private void gauge(String name, String help, String labels, long value) {
    sample("gauge", name, help, labels, value);
  }

  private void counter(String name, String help, String labels, long value) {
    sample("counter", name, help, labels, value);
  }

  private void sample(String type, String name, String help, String labels, long value) {
    families
        .computeIfAbsent(
            name,
            n ->
                new StringBuilder("# HELP " + PREFIX + n + " " + help + "\n")
                    .append("# TYPE " + PREFIX + n + " " + type + "\n"))
        .append(PREFIX + name + "{" + labels + "} " + value + "\n");
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }
}
