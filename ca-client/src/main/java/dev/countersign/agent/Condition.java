package dev.countersign.agent;

import dev.countersign.agent.AgentState.HookState;
import dev.countersign.client.Credential;
import dev.countersign.client.DenialState;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a credential is.
 *
 * @param waiting whether another agent keeps it
 * @param trouble what goes wrong now
 * @param serious whether it does so for another reason than that the authority is away
 */
record Condition(
    Path folder,
    boolean waiting,
    Optional<Present> present,
    Optional<DenialState> heard,
    Optional<String> trouble,
    boolean serious,
    Map<Hook, HookState> hooks,
    boolean copied,
    long renewals,
    long failures) {

  /**
   * What somebody has to look after, in sentences. An authority that is away is none of it as long
   * as the credential is good.
   */
  List<String> complaints(Instant now) {
    List<String> all = new ArrayList<>();
    if (waiting) {
      return all;
    }
    if (present.isEmpty()) {
      all.add(trouble.orElse("It has not been looked at yet."));
      return all;
    }
    trouble.filter(what -> serious).ifPresent(all::add);
    Credential credential = present.get().credential();
    if (now.isAfter(credential.info().notAfter())) {
      all.add("It expired at " + credential.info().notAfter() + ". " + trouble.orElse(""));
    } else if (now.isAfter(credential.info().renewal().end())) {
      all.add(
          "It should have been renewed by "
              + credential.info().renewal().end()
              + ". "
              + trouble.orElse(""));
    }
    present.get().revoked().ifPresent(found -> all.add(found.advice(folder)));
    hooks.forEach(
        (hook, state) -> {
          if (state.failingSince().isPresent()) {
            all.add(
                "Hook "
                    + hook.name()
                    + " has been failing since "
                    + state.failingSince().get()
                    + ": "
                    + state.reason().orElse(""));
          }
        });
    if (copied) {
      all.add(AgentState.COPIED);
    }
    return all.stream().map(String::strip).toList();
  }
}
