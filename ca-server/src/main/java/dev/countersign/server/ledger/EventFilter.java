package dev.countersign.server.ledger;

import java.util.Optional;

/** Which events; all that is given must match. */
public record EventFilter(
    Optional<String> identity, Optional<String> serial, Optional<String> action) {

  public static EventFilter all() {
    return new EventFilter(Optional.empty(), Optional.empty(), Optional.empty());
  }

  public EventFilter ofIdentity(String name) {
    return new EventFilter(Optional.of(name), serial, action);
  }

  public EventFilter ofSerial(String serial) {
    return new EventFilter(identity, Optional.of(serial), action);
  }

  public EventFilter ofAction(String action) {
    return new EventFilter(identity, serial, Optional.of(action));
  }
}
