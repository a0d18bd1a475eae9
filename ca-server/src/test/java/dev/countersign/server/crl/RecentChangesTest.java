package dev.countersign.server.crl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.pki.Names;
import dev.countersign.pki.SerialNumber;
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

  private void holdAndRelease() {
    ca.revocations.hold(serial, TestAuthority.actor());
    ca.revocations.release(serial, TestAuthority.actor());
  }

  private static List<Long> numbers(RecentChanges recent, long after) {
    return recent.since(after).orElseThrow().stream().map(Change::number).toList();
  }

  @Test
  void has_those_after_any_number_that_it_knows() {
    holdAndRelease();
    RecentChanges two = RecentChanges.before(2).followed(revoked, ISSUERS, 2);
    assertThat(numbers(two, 0)).containsExactly(1L, 2L);
    assertThat(numbers(two, 1)).containsExactly(2L);
    assertThat(numbers(two, 2)).isEmpty();
    assertThat(numbers(two, 3)).isEmpty();
    holdAndRelease();
    RecentChanges four = two.followed(revoked, ISSUERS, 4);
    assertThat(numbers(four, 1)).containsExactly(2L, 3L, 4L);
    assertThat(numbers(two, 0)).as("the one before is as it was").containsExactly(1L, 2L);
  }

  @Test
  void says_when_a_number_is_too_long_ago() {
    holdAndRelease();
    RecentChanges late = RecentChanges.before(RecentChanges.MOST + 1);
    assertThat(late.after()).isEqualTo(1);
    assertThat(late.since(0)).isEmpty();
    assertThat(late.since(1)).isPresent();
  }

  @Test
  void forgets_the_first_when_there_are_too_many() {
    holdAndRelease();
    long far = RecentChanges.MOST + 3; // numbers may be left out
    RecentChanges recent = RecentChanges.before(2).followed(revoked, ISSUERS, 2);
    RecentChanges next = recent.followed(revoked, ISSUERS, far);
    assertThat(next.number()).isEqualTo(far);
    assertThat(next.since(2)).as("of whom nothing is known for sure").isEmpty();
    assertThat(next.since(3)).isPresent();
  }
}
