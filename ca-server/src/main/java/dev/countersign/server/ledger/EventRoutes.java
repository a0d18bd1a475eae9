package dev.countersign.server.ledger;

import dev.countersign.pki.SerialNumber;
import dev.countersign.server.access.Access;
import dev.countersign.server.http.Answers;
import dev.countersign.server.http.Call;
import dev.countersign.server.http.Endpoints;
import dev.countersign.server.http.Endpoints.Method;
import dev.countersign.server.http.Parameters;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code /v1/events}. */
public final class EventRoutes {
  private final Ledger ledger;
  private final Access access;

  public EventRoutes(Ledger ledger, Access access) {
    this.ledger = ledger;
    this.access = access;
  }

  record ActorJson(String kind, String name, Optional<String> remoteAddress) {}

  record EventJson(
      long sequence,
      Instant at,
      String action,
      ActorJson actor,
      Optional<String> identity,
      Optional<String> serial,
      Map<String, String> details) {

    static EventJson of(RecordedEvent recorded) {
      LedgerEvent event = recorded.event();
      Actor actor = event.actor();
      return new EventJson(
          recorded.sequence(),
          event.at(),
          event.action(),
          new ActorJson(actor.kind().label(), actor.name(), actor.remoteAddress()),
          event.identity(),
          event.serial(),
          event.details());
    }
  }

  record EventPageJson(List<EventJson> items, Optional<Long> next) {}

  public void register(Endpoints endpoints) {
    endpoints.waiting(Method.GET, "/v1/events", this::list);
  }

  private void list(Call call) {
    access.operator(call.caller(), Access.LEDGER_READERS);
    Parameters.only(
        call, Set.of("identity", "serial", "action", "after", "before", "order", "limit"));
    EventFilter filter =
        new EventFilter(
            Parameters.text(call, "identity", 64),
            Parameters.serial(call).map(SerialNumber::toString),
            Parameters.text(call, "action", 64));
    EventSpan span =
        new EventSpan(
            Parameters.number(call, "after").orElse(0),
            Parameters.number(call, "before").orElse(Long.MAX_VALUE),
            Parameters.word(call, "order", EventSpan.Order::parse).orElse(EventSpan.Order.OLDEST));
    EventPage page = ledger.list(filter, span, Parameters.limit(call));
    Optional<Long> next =
        page.next().isPresent() ? Optional.of(page.next().getAsLong()) : Optional.empty();
    Answers.json(
        call, 200, new EventPageJson(page.items().stream().map(EventJson::of).toList(), next));
  }
}
