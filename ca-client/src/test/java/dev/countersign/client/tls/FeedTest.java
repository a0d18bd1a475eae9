package dev.countersign.client.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.countersign.client.testing.AuthorityDouble;
import dev.countersign.client.testing.FeedPages;
import dev.countersign.client.testing.TestAuthority;
import dev.countersign.client.tls.Caller.Connection;
import dev.countersign.client.tls.PeerRefused.Reason;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.testing.TestCa;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Denials that the authority tells by its feed are in force at once, whatever the lists say. */
class FeedTest {
  @TempDir Path folders;
  private TestAuthority authority;
  private Party orders;
  private Party billing;

  @BeforeEach
  void start() {
    authority = TestAuthority.start();
    orders = Party.enrolled(authority, folders, "orders");
    billing = Party.enrolled(authority, folders, "billing");
    orders.tls.accept(Peers::everyone);
    billing.tls.accept(Peers::everyone);
    orders.tls.keepUp();
  }

  @AfterEach
  void stop() {
    orders.close();
    billing.close();
    authority.close();
  }

  private Certificate ofBilling() {
    return billing.credential().certificate();
  }

  private boolean letsBillingIn(Party serving) throws IOException {
    try (Service service = Service.Kind.SOCKETS.start(serving.tls.context())) {
      Throwable failure =
          catchThrowable(
              () -> Caller.Kind.SOCKETS.of(billing.tls.context(), "TLSv1.2").call(service));
      return failure == null;
    }
  }

  /** What the authority, or who poses as it, says to be denied from now on. */
  private void says(byte[] page) {
    authority.server().fault =
        exchange -> {
          if (!exchange.getRequestURI().getPath().equals("/v1/denials")) {
            return false;
          }
          AuthorityDouble.send(exchange, 200, "application/jose+json", page);
          return true;
        };
  }

  @ParameterizedTest
  @EnumSource(Service.Kind.class)
  void an_open_connection_is_cut_as_soon_as_the_authority_says_so(Service.Kind kind)
      throws Exception {
    try (Party following = Party.inBackground(authority, orders.folder)) {
      following.tls.accept(Peers::everyone);
      try (Service service = kind.start(following.tls.context());
          Connection open =
              Connection.open(billing.tls.context(), "TLSv1.3", "localhost", service.port())) {
        assertThat(open.call("/keep")).startsWith("hello");
        authority.revoke(ofBilling());
        MutualTls.Status status = following.loaded.poll(20, TimeUnit.SECONDS);
        while (status != null && status.denials() < 1) {
          status = following.loaded.poll(20, TimeUnit.SECONDS); // of what there was at first
        }
        assertThat(status).as("less than the wait that it asks for").isNotNull();
        assertThat(following.cutOff).hasSize(1);
        assertThat(catchThrowable(() -> open.call("/keep"))).isInstanceOf(IOException.class);
        Throwable again =
            catchThrowable(
                () ->
                    Connection.open(billing.tls.context(), "TLSv1.3", "localhost", service.port())
                        .call("/"));
        assertThat(again).isInstanceOf(IOException.class);
        assertThat(following.awaitOwnRefusal().reason()).isEqualTo(Reason.DENIED);
      }
      assertThat(following.troubles).isEmpty();
    }
  }

  @Test
  void a_hold_is_in_force_until_the_later_of_feed_and_list_takes_it_back() throws Exception {
    authority.hold(ofBilling());
    orders.update();
    assertThat(letsBillingIn(orders)).as("by the list").isFalse();
    authority.clock().advance(Duration.ofSeconds(2));
    authority.release(ofBilling());
    orders.tls.keepUp();
    assertThat(letsBillingIn(orders)).as("the feed is later than the list").isTrue();
    authority.hold(ofBilling());
    orders.tls.keepUp();
    assertThat(letsBillingIn(orders)).as("by the feed").isFalse();
    authority.clock().advance(Duration.ofSeconds(2));
    authority.release(ofBilling());
    orders.update();
    assertThat(letsBillingIn(orders)).as("the list is later than the feed").isTrue();
  }

  @Test
  void what_is_known_stays_and_counts_while_the_authority_is_away() throws Exception {
    authority.revoke(ofBilling());
    orders.tls.keepUp();
    authority.vanish();
    for (int day = 0; day < 3; day++) {
      authority.clock().advance(Duration.ofDays(1));
      orders.tls.keepUp();
    }
    assertThat(letsBillingIn(orders)).isFalse();
    assertThat(orders.awaitOwnRefusal().reason()).isEqualTo(Reason.DENIED);
    assertThat(orders.tls.status().denials()).isEqualTo(1);
    assertThat(orders.tls.status().stale()).isTrue();
    assertThat(orders.troubles.stream().filter(t -> t.contains("feed of denials"))).isNotEmpty();
  }

  @Test
  void an_authority_that_is_away_is_told_now_and_then_not_each_time() {
    authority.vanish();
    for (int round = 0; round < 20; round++) {
      orders.tls.keepUp();
    }
    assertThat(orders.troubles.stream().filter(t -> t.contains("feed of denials"))).hasSize(1);
    authority.clock().advance(Duration.ofMinutes(61));
    orders.tls.keepUp();
    assertThat(orders.troubles.stream().filter(t -> t.contains("feed of denials"))).hasSize(2);
  }

  @Test
  void freshness_is_the_feeds_signed_time() {
    Instant later = authority.clock().instant().plus(Duration.ofHours(30));
    authority.clock().advance(Duration.ofHours(30)); // the lists are not made anew
    assertThat(orders.tls.status().stale()).isTrue();
    orders.tls.keepUp();
    assertThat(orders.tls.status().denialsAsOf()).contains(later);
    assertThat(orders.tls.status().stale()).isFalse();
  }

  @Test
  void a_feed_that_is_forged_goes_back_or_is_played_again_changes_nothing_and_is_told()
      throws Exception {
    authority.revoke(ofBilling());
    orders.tls.keepUp();
    MutualTls.Status known = orders.tls.status();
    FeedPages pages = FeedPages.of(authority.ca());
    Instant now = authority.clock().instant();
    isNotBelieved(
        FeedPages.of(TestCa.create(authority.clock()))
            .changes(1, 2, now, FeedPages.released(ofBilling().serial())),
        known);
    isNotBelieved(pages.changes(1, 0, now, FeedPages.released(ofBilling().serial())), known);
    isNotBelieved(pages.piece(0, now, FeedPages.nothing()), known);
    isNotBelieved(pages.changes(0, 2, now, FeedPages.nothing()), known);
    isNotBelieved("<html>".getBytes(java.nio.charset.StandardCharsets.UTF_8), known);
    assertThat(letsBillingIn(orders)).isFalse();
  }

  private void isNotBelieved(byte[] page, MutualTls.Status known) {
    says(page);
    orders.troubles.clear();
    orders.tls.keepUp();
    assertThat(orders.tls.status()).isEqualTo(known);
    assertThat(orders.troubles).hasSize(1);
  }

  @Test
  void a_feed_that_is_withheld_gets_old() {
    says(
        FeedPages.of(authority.ca())
            .changes(0, 0, authority.clock().instant(), FeedPages.nothing()));
    authority.clock().advance(Duration.ofHours(25));
    orders.tls.keepUp();
    assertThat(orders.tls.status().stale()).isTrue();
    assertThat(orders.troubles).hasSize(1);
  }

  @Test
  void what_was_heard_is_kept_over_a_restart_and_less_is_not_believed_then() throws Exception {
    authority.revoke(ofBilling());
    orders.tls.keepUp();
    assertThat(orders.credential().info().denials()).isZero();
    authority.clock().advance(Duration.ofMinutes(6));
    orders.tls.keepUp();
    assertThat(orders.credential().info().denials()).isEqualTo(1);
    says(
        FeedPages.of(authority.ca())
            .piece(0, authority.clock().instant(), FeedPages.nothing())); // of before
    try (Party again = Party.of(authority, orders.folder, b -> b)) {
      again.tls.accept(Peers::everyone);
      again.tls.keepUp();
      assertThat(again.troubles).singleElement().asString().contains("lower than 1");
      assertThat(letsBillingIn(again)).as("by the list").isFalse();
    }
  }

  @Test
  void who_wants_lists_alone_or_only_reads_asks_for_no_feed() {
    for (Party quiet :
        List.of(
            Party.of(authority, orders.folder, MutualTlsBuilder::listsOnly),
            Party.of(authority, orders.folder, MutualTlsBuilder::onlyReading))) {
      authority.server().requests.clear();
      quiet.tls.keepUp();
      assertThat(authority.server().requests).noneMatch(asked -> asked.contains("/v1/denials"));
      quiet.close();
    }
  }

  @Test
  void a_denied_ca_is_left_for_the_next_one_without_waiting_for_the_window() {
    Certificate before = orders.credential().certificate();
    Certificate issuing = authority.ca().issuing();
    authority.rotateIssuing();
    authority.revoke(issuing);
    orders.tls.keepUp(); // asks for news
    orders.tls.keepUp(); // renews
    assertThat(orders.credential().certificate()).isNotEqualTo(before);
    assertThat(orders.credential().chain()).doesNotContain(issuing);
  }
}
