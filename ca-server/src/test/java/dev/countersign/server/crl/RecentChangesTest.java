package dev.countersign.server.crl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.pki.Names;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.feed.DenialRows;
import dev.countersign.server.revocation.Change;
import dev.countersign.server.revocation.Revoked;
import dev.countersign.server.testing.TestAuthority;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecentChangesTest {
  private static final List<String> ISSUERS = List.of("root-1", "issuing-1");

  @TempDir Path home;
  private TestAuthority ca;
  private Revoked revoked;
  private SerialNumber serial;

  @BeforeEach
  void create() {
    ca = TestAuthority.create(home);
    revoked = new Revoked(ca.database);
    serial = ca.issue(ca.identity("orders", Names.none())).certificate().serial();
  }

  @AfterEach
  void close() {
    ca.close();
  }

  /** The number of the second. */
  private long holdAndRelease() {
    ca.revocations.hold(serial, TestAuthority.actor());
    ca.revocations.release(serial, TestAuthority.actor());
    return revoked.lastNumber();
  }

  private RecentChanges followed(RecentChanges before, long upTo) {
    return before.followed(revoked, ISSUERS, upTo);
  }

  private static List<Long> numbers(RecentChanges recent, long after) {
    return recent.since(after).orElseThrow().stream().map(Change::number).toList();
  }

  @Test
  void has_those_after_any_number_that_it_knows() {
    long second = holdAndRelease();
    long first = second - 1;
    RecentChanges two = followed(RecentChanges.NONE, second);
    assertThat(numbers(two, 0)).as("whatever is between").containsExactly(first, second);
    assertThat(numbers(two, first)).containsExactly(second);
    assertThat(numbers(two, second)).isEmpty();
    assertThat(numbers(two, second + 1)).isEmpty();
    ca.clock.advance(java.time.Duration.ofHours(1));
    long fourth = holdAndRelease();
    RecentChanges four = followed(two, fourth);
    assertThat(numbers(four, first)).containsExactly(second, fourth - 1, fourth);
    assertThat(numbers(two, 0)).as("the one before is as it was").containsExactly(first, second);
  }

  @Test
  void as_many_as_there_may_be_are_counted_and_not_their_numbers() {
    int many = RecentChanges.MOST + 3;
    ca.database.writeAndWait(
        handle -> DenialRows.add(handle, "issuing-1", many, TestAuthority.random()));
    RecentChanges late = followed(RecentChanges.NONE, many);
    assertThat(late.after()).as("of a node that starts").isEqualTo(3);
    assertThat(late.since(2)).as("too long ago").isEmpty();
    assertThat(numbers(late, 3)).hasSize(RecentChanges.MOST).startsWith(4L).endsWith((long) many);

    RecentChanges away = followed(followed(RecentChanges.NONE, 2), many);
    assertThat(away).as("of one that was away for too long").isEqualTo(late);

    long far = holdAndRelease(); // 20,000 numbers further, and many more
    RecentChanges next = followed(late, far);
    assertThat(next.after()).as("the first are forgotten").isEqualTo(5);
    assertThat(numbers(next, many)).containsExactly(far - 1, far);
  }
}
