package dev.countersign.server.ledger;

import java.util.List;
import java.util.OptionalLong;

/**
 * Some events; {@code next} is the {@code after} of the following page where the oldest come first,
 * its {@code before} where the newest do.
 */
public record EventPage(List<RecordedEvent> items, OptionalLong next) {

  public EventPage {
    items = List.copyOf(items);
  }
}
