package dev.countersign.server.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.countersign.db.Dialect;
import dev.countersign.db.Jdbc;
import dev.countersign.pki.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

final class LedgerStore {

  private static final TypeReference<Map<String, String>> DETAILS = new TypeReference<>() {};

  private LedgerStore() {}

  /** Until the commit nobody else numbers events, on whatever node. */
  static void lockNumbers(Handle handle) {
    Jdbc.first(
        handle,
        "select last_number from guard where name = 'event' for update",
        statement -> {},
        row -> row.getLong(1));
  }

  static void insert(Handle handle, List<LedgerEvent> events) {
    Jdbc.insertAll(
        handle,
        """
        insert into event
          (happened_at, actor_kind, actor_name, remote_address, action, identity, serial, details)
        values (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        events,
        (statement, event) -> {
          Jdbc.setInstant(statement, 1, event.at());
          statement.setString(2, event.actor().kind().label());
          statement.setString(3, event.actor().name());
          statement.setString(4, event.actor().remoteAddress().orElse(null));
          statement.setString(5, event.action());
          statement.setString(6, event.identity().orElse(null));
          statement.setString(7, event.serial().orElse(null));
          statement.setString(8, json(event.details()));
        });
  }

  static List<RecordedEvent> list(
      Handle handle, Dialect dialect, EventFilter filter, EventSpan span, int limit) {
    Map<String, String> wanted = new LinkedHashMap<>(); // the rarest first: it chooses the index
    filter.serial().ifPresent(value -> wanted.put("serial", value));
    filter.identity().ifPresent(value -> wanted.put("identity", value));
    filter.action().ifPresent(value -> wanted.put("action", value));
    StringBuilder sql =
        new StringBuilder("select * from event where number > :after and number < :before");
    String direction = span.order() == EventSpan.Order.NEWEST ? " desc" : "";
    String order = "";
    for (String column : wanted.keySet()) {
      String left = order.isEmpty() ? column : dialect.notByIndex(column);
      sql.append(" and ").append(left).append(" = :").append(column);
      // Constant, and so without effect on the order; but H2 then walks along the index.
      order = order.isEmpty() ? column + direction + ", " : order;
    }
    sql.append(" order by ")
        .append(order)
        .append("number")
        .append(direction)
        .append(" fetch first :limit rows only");
    Query query =
        handle
            .createQuery(sql.toString())
            .bind("after", span.after())
            .bind("before", span.before())
            .bind("limit", limit);
    wanted.forEach(query::bind);
    return query.map((row, context) -> event(row)).list();
  }

  private static RecordedEvent event(ResultSet row) throws SQLException {
    Actor actor =
        new Actor(
            Actor.Kind.parse(row.getString("actor_kind")),
            row.getString("actor_name"),
            Optional.ofNullable(row.getString("remote_address")));
    return new RecordedEvent(
        row.getLong("number"),
        new LedgerEvent(
            row.getObject("happened_at", OffsetDateTime.class).toInstant(),
            actor,
            row.getString("action"),
            Optional.ofNullable(row.getString("identity")),
            Optional.ofNullable(row.getString("serial")),
            details(row.getString("details"))));
  }

  private static String json(Map<String, String> details) {
    try {
      return Json.MAPPER.writeValueAsString(new TreeMap<>(details));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("strings are always JSON", e);
    }
  }

  private static Map<String, String> details(String json) {
    try {
      return Json.MAPPER.readValue(json, DETAILS);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the details of an event are not what was written", e);
    }
  }
}
