package dev.countersign.server.ledger;

import java.util.List;
import java.util.OptionalLong;

/** Some events, oldest first; {@code next} is the {@code after} of the following page. */
public record EventPage(List<RecordedEvent> items, OptionalLong next) {

  public EventPage {
    items = List.copyOf(items);
  }
}
