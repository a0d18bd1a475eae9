package dev.countersign.server.ledger;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * One act.
 *
 * @param action what was done, as {@code certificate.issued}
 * @param details small, never secret
 */
public record LedgerEvent(
    Instant at,
    Actor actor,
    String action,
    Optional<String> identity,
    Optional<String> serial,
    Map<String, String> details) {

  public LedgerEvent {
    details = Map.copyOf(details);
  }

  public static LedgerEvent of(Instant at, Actor actor, String action) {
    return new LedgerEvent(at, actor, action, Optional.empty(), Optional.empty(), Map.of());
  }

  public LedgerEvent about(String identity) {
    return new LedgerEvent(at, actor, action, Optional.of(identity), serial, details);
  }

  public LedgerEvent withSerial(String serial) {
    return new LedgerEvent(at, actor, action, identity, Optional.of(serial), details);
  }

  public LedgerEvent with(Map<String, String> details) {
    return new LedgerEvent(at, actor, action, identity, serial, details);
  }
}
