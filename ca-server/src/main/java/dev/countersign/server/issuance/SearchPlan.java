package dev.countersign.server.issuance;

import dev.countersign.db.Dialect;
import dev.countersign.pki.InvalidRequestException;
import dev.countersign.pki.NameKind;
import dev.countersign.pki.Names;
import dev.countersign.pki.SubjectName;
import dev.countersign.server.paging.Cursor;
import dev.countersign.server.paging.Page;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The query of a search: its conditions, and which of them leads, that is chooses the index. Most
 * indexes are (column, number), so that a page is read off the leading one in the order of the
 * list; where no condition is rare the list itself leads, newest first.
 *
 * <p>Where the time of the end leads, the list is in its order: in any other, all of a span would
 * have to be read for each page, or all that have not ended to find one that has.
 */
final class SearchPlan {

  /** What can lead, the rarest first. */
  private enum Lead {
    SERIAL("serial"),
    KEY("key_hash"),
    IDENTITY("identity"),
    NAME("san"),
    STATUS("status"),
    TIMES("not_after"),
    PROFILE("profile"),
    ISSUER("issuer"),
    NUMBER("number");

    private final String column;

    Lead(String column) {
      this.column = column;
    }
  }

  private final Dialect dialect;
  private final CertificateFilter filter;
  private final Lead lead;
  private final boolean descends;
  private final List<String> conditions = new ArrayList<>();
  private final Map<String, Object> bound = new LinkedHashMap<>();

  /** Where the list of ends goes on. */
  private record End(Instant at, long number) {
    private static final char SEPARATOR = '/';

    static End read(String position) {
      int separator = position.indexOf(SEPARATOR);
      if (separator < 0) {
        throw new IllegalArgumentException("a position among others than ends");
      }
      return new End(
          Instant.parse(position.substring(0, separator)),
          Long.parseLong(position.substring(separator + 1)));
    }

    String position() {
      return at.toString() + SEPARATOR + number;
    }
  }

  SearchPlan(Dialect dialect, CertificateFilter filter, Page page, Instant now) {
    this.dialect = dialect;
    this.filter = filter;
    this.lead = lead();
    this.descends = lead != Lead.TIMES || isOfExpired();
    if (lead == Lead.TIMES) {
      Cursor.CERTIFICATES.position(page, End::read).ifPresent(this::goOn);
    } else {
      Cursor.CERTIFICATES
          .number(page)
          .ifPresent(number -> add("number < :before", "before", number));
    }
    filter.serial().ifPresent(serial -> equal(Lead.SERIAL, serial.toString()));
    filter.keyHash().ifPresent(hash -> equal(Lead.KEY, HexFormat.of().parseHex(hash)));
    filter.identity().ifPresent(name -> equal(Lead.IDENTITY, name));
    filter.san().ifPresent(this::addName);
    filter.profile().ifPresent(name -> equal(Lead.PROFILE, name));
    filter.issuer().ifPresent(name -> equal(Lead.ISSUER, name));
    filter.status().ifPresent(status -> addStatus(status, now));
    filter.expiresAfter().ifPresent(time -> addTime(" > :", "expiresAfter", time));
    filter.expiresBefore().ifPresent(time -> addTime(" < :", "expiresBefore", time));
  }

  private Lead lead() {
    if (filter.serial().isPresent()) {
      return Lead.SERIAL;
    }
    if (filter.keyHash().isPresent()) {
      return Lead.KEY;
    }
    if (filter.identity().isPresent()) {
      return Lead.IDENTITY;
    }
    if (filter.san().isPresent()) {
      return Lead.NAME;
    }
    if (filter
        .status()
        .filter(status -> status == CertificateStatus.REVOKED || status == CertificateStatus.HELD)
        .isPresent()) {
      return Lead.STATUS;
    }
    // Of an open end the newest are: the list itself leads to them
    if (isOfExpired() || filter.expiresBefore().isPresent()) {
      return Lead.TIMES;
    }
    if (filter.profile().isPresent()) {
      return Lead.PROFILE;
    }
    return filter.issuer().isPresent() ? Lead.ISSUER : Lead.NUMBER;
  }

  private boolean isOfExpired() {
    return filter.status().filter(CertificateStatus.EXPIRED::equals).isPresent();
  }

  /** A bound of the index, and of those that end together the ones that are left. */
  private void goOn(End last) {
    String beyond = descends ? " < :" : " > :";
    add("not_after" + (descends ? " <= :" : " >= :") + "end", "end", last.at());
    add("(not_after" + beyond + "end or number" + beyond + "last)", "last", last.number());
  }

  /** What the page after this one begins behind. */
  String cursor(CertificateRow last) {
    return lead == Lead.TIMES
        ? Cursor.CERTIFICATES.of(new End(last.certificate().notAfter(), last.number()).position())
        : Cursor.CERTIFICATES.of(last.number());
  }

  private void addStatus(CertificateStatus status, Instant now) {
    if (status == CertificateStatus.EXPIRED) {
      conditions.add(column(Lead.STATUS) + " <> 'revoked'");
      addTime(" < :", "now", now);
      return;
    }
    equal(Lead.STATUS, status.label());
    if (status != CertificateStatus.REVOKED) {
      addTime(" >= :", "now", now);
    }
  }

  private void addTime(String comparison, String name, Instant time) {
    add(column(Lead.TIMES) + comparison + name, name, time);
  }

  private void addName(String san) {
    List<String> parameters = new ArrayList<>();
    for (String spelling : spellings(san)) {
      String parameter = "san" + parameters.size();
      parameters.add(":" + parameter);
      bound.put(parameter, spelling);
    }
    conditions.add(
        "number in (select certificate from certificate_name where san in ("
            + String.join(", ", parameters)
            + "))");
  }

  /** What a name is recorded as, if it is a DNS name, an address, a URI, a mailbox. */
  private static Set<String> spellings(String san) {
    Set<String> spellings = new LinkedHashSet<>();
    spellings.add(san);
    for (NameKind kind : NameKind.values()) {
      try {
        spellings.add(Names.canonical(new SubjectName(kind, san)).value());
      } catch (InvalidRequestException e) {
        // not a name of this kind
      }
    }
    return spellings;
  }

  private void equal(Lead condition, Object value) {
    add(column(condition) + " = :" + condition.column, condition.column, value);
  }

  private void add(String condition, String name, Object value) {
    conditions.add(condition);
    bound.put(name, value);
  }

  private String column(Lead condition) {
    return condition == lead ? condition.column : dialect.notByIndex(condition.column);
  }

  String sql() {
    String order =
        switch (lead) {
          // The column is constant and without effect on the order, but names the index to walk.
          case IDENTITY, STATUS, PROFILE, ISSUER -> lead.column + " desc, ";
          case TIMES -> lead.column + (descends ? " desc, " : ", ");
          case SERIAL, KEY, NAME, NUMBER -> "";
        };
    return "select * from certificate"
        + (conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions))
        + " order by "
        + order
        + (descends ? "number desc" : "number")
        + " fetch first :limit rows only";
  }

  Map<String, Object> bound() {
    return bound;
  }
}
