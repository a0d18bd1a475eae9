package dev.countersign.server.issuance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.db.Database;
import dev.countersign.db.Dialect;
import dev.countersign.db.testing.OnEveryEngine;
import dev.countersign.pki.testing.MovableClock;
import dev.countersign.server.paging.Cursor;
import dev.countersign.server.paging.Page;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdbi.v3.core.statement.Query;

/** What a page of a search reads, however much is stored: counted, not timed. */
class GrowthTest {
  private static final int STORED = 5_000;
  private static final int LIMIT = 10;
  private static final Pattern READ = Pattern.compile("scanCount: (\\d+)");
  private static final Instant NOW = MovableClock.START;

  /** One each minute, each lives for 30 days; the older half has ended. */
  private static void fill(Database database) {
    database.writeAndWait(
        handle ->
            handle.execute(
                "insert into certificate (serial, der, identity, profile, issuer, subject,"
                    + " key_hash, not_before, not_after, status, proof_kind, proof_id,"
                    + " requested_by, remote_address, issued_at)"
                    + " select lpad(cast(x as varchar), 40, '0'), x'00', 'svc-' || mod(x, 500),"
                    + " 'peer', 'issuing-1', 'CN=svc', cast(lpad(cast(x as varchar), 40, '0') as varbinary),"
                    + " cast(? as timestamp with time zone), dateadd(minute, x - ?,"
                    + " cast(? as timestamp with time zone)), 'active', 'operator', 'alice',"
                    + " 'alice', '10.0.0.1', cast(? as timestamp with time zone)"
                    + " from system_range(1, ?) as r(x)",
                NOW,
                STORED / 2,
                NOW,
                NOW,
                STORED));
  }

  private static CertificateFilter filter(
      CertificateStatus status, Optional<Instant> expiresBefore) {
    return new CertificateFilter(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(status),
        expiresBefore,
        Optional.empty());
  }

  private static long read(Database database, CertificateFilter filter, Page page) {
    SearchPlan plan = new SearchPlan(Dialect.H2, filter, page, NOW);
    String text =
        database.read(
            handle -> {
              Query query =
                  handle.createQuery("explain analyze " + plan.sql()).bind("limit", LIMIT + 1);
              plan.bound().forEach(query::bind);
              return query.mapTo(String.class).one();
            });
    Matcher matcher = READ.matcher(text);
    long rows = 0;
    while (matcher.find()) {
      rows += Long.parseLong(matcher.group(1));
    }
    assertThat(rows).as(text).isPositive();
    return rows;
  }

  @OnEveryEngine(Dialect.H2)
  void a_page_of_what_ends_soon_or_has_ended_reads_no_more_than_it_has(Database database) {
    fill(database);
    Instant soon = NOW.plus(Duration.ofMinutes(2_000));
    CertificateFilter ending = filter(CertificateStatus.ACTIVE, Optional.of(soon));
    CertificateFilter ended = filter(CertificateStatus.EXPIRED, Optional.empty());
    for (CertificateFilter one : new CertificateFilter[] {ending, ended}) {
      assertThat(read(database, one, Page.first(LIMIT))).isLessThan(2 * LIMIT);
    }
    String later =
        Cursor.CERTIFICATES.of(NOW.plus(Duration.ofMinutes(1_000)) + "/" + (STORED / 2 + 1_000));
    assertThat(read(database, ending, Page.first(LIMIT).after(later))).isLessThan(2 * LIMIT);
    String earlier =
        Cursor.CERTIFICATES.of(NOW.minus(Duration.ofMinutes(1_000)) + "/" + (STORED / 2 - 1_000));
    assertThat(read(database, ended, Page.first(LIMIT).after(earlier))).isLessThan(2 * LIMIT);
  }

  @OnEveryEngine(Dialect.H2)
  void a_page_of_all_that_are_active_reads_no_more_than_it_has(Database database) {
    fill(database);
    CertificateFilter active = filter(CertificateStatus.ACTIVE, Optional.empty());
    assertThat(read(database, active, Page.first(LIMIT))).isLessThan(2 * LIMIT);
    String next = Cursor.CERTIFICATES.of(STORED / 2 + 1_000);
    assertThat(read(database, active, Page.first(LIMIT).after(next))).isLessThan(2 * LIMIT);
  }
}
