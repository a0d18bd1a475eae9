package dev.countersign.server.issuance;

import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * The authority's own need: its listener, its OCSP responder.
 *
 * @param part of the server that asks
 */
public record SystemProof(String part) implements Proof {

  @Override
  public String kind() {
    return "system";
  }

  @Override
  public String id() {
    return part;
  }

  @Override
  public Optional<String> retryKey() {
    return Optional.empty();
  }

  @Override
  public void consume(Handle handle, Set<Object> held) {
    // Nothing is used up.
  }
}
