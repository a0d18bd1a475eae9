package dev.countersign.db.crash;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether a database holds all that was confirmed, and nothing that was never written. */
final class Inspection {

  private static final List<String> INDEXED =
      List.of("identity", "profile", "issuer", "status", "not_after", "key_hash");

  private record Row(long number, String status) {}

  private final Connection connection;
  private final Map<String, Integer> numbers = new HashMap<>();

  Inspection(Connection connection, int most) {
    this.connection = connection;
    for (int number = 0; number < most; number++) {
      numbers.put(Workload.serial(number), number);
    }
  }

  /** Throws an AssertionError that says what is wrong. */
  void hold(Set<String> confirmed) throws SQLException {
    Map<Integer, Row> certificates = certificates();
    Set<Integer> events = events();
    int newestList = newestList();
    for (String each : confirmed) {
      String what = each.split(" ")[0];
      int number = Integer.parseInt(each.split(" ")[1]);
      Row row = certificates.get(number);
      boolean holds =
          switch (what) {
            case "issued" -> row != null && events.contains(number);
            case "revoked" -> row != null && row.status().equals("revoked");
            case "listed" -> newestList >= number;
            default -> throw new IllegalArgumentException(each);
          };
      must(holds, "lost what was confirmed: " + each);
    }
    for (String column : INDEXED) {
      must(
          numbersBy(column)
              .equals(certificates.values().stream().map(Row::number).collect(Collectors.toSet())),
          "the index of " + column + " is not that of the table");
    }
  }

  private Map<Integer, Row> certificates() throws SQLException {
    Map<Integer, Row> rows = new HashMap<>();
    try (PreparedStatement select =
            connection.prepareStatement(
                "select number, serial, der, key_hash, identity, status from certificate");
        PreparedStatement bySerial =
            connection.prepareStatement("select number from certificate where serial = ?");
        ResultSet found = select.executeQuery()) {
      while (found.next()) {
        int number = number(found.getString("serial"));
        boolean right =
            Arrays.equals(found.getBytes("der"), Workload.certificate(number))
                && Arrays.equals(found.getBytes("key_hash"), Workload.bytes(number, 32))
                && found.getString("identity").equals("identity-" + number % 7);
        must(right, "the content of certificate " + number);
        rows.put(number, new Row(found.getLong("number"), found.getString("status")));
        bySerial.setString(1, found.getString("serial"));
        try (ResultSet same = bySerial.executeQuery()) {
          must(same.next() && same.getLong(1) == found.getLong("number"), "the index of serials");
        }
      }
    }
    return rows;
  }

  private int number(String serial) {
    Integer number = numbers.get(serial);
    if (number == null) {
      throw new AssertionError("a serial that nobody wrote: " + serial);
    }
    return number;
  }

  private Set<Integer> events() throws SQLException {
    Set<Integer> events = new HashSet<>();
    try (PreparedStatement select =
            connection.prepareStatement("select serial from event where serial is not null");
        ResultSet found = select.executeQuery()) {
      while (found.next()) {
        events.add(number(found.getString(1)));
      }
    }
    return events;
  }

  private int newestList() throws SQLException {
    int newest = -1;
    try (PreparedStatement select =
            connection.prepareStatement("select number, roots from trust_bundle");
        ResultSet found = select.executeQuery()) {
      while (found.next()) {
        int number = found.getInt(1);
        must(Workload.list(number).equals(found.getString(2)), "the content of list " + number);
        newest = Math.max(newest, number);
      }
    }
    return newest;
  }

  /** By the index on this column and the number: H2 takes it to avoid sorting. */
  private Set<Long> numbersBy(String column) throws SQLException {
    Set<Long> found = new HashSet<>();
    try (PreparedStatement select =
            connection.prepareStatement(
                "select number from certificate where "
                    + column
                    + " is not null order by "
                    + column);
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        found.add(rows.getLong(1));
      }
    }
    return found;
  }

  private static void must(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }
}
