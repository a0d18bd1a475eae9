package dev.countersign.server.feed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.pki.FlattenedJws;
import dev.countersign.pki.Json;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.Names;
import dev.countersign.pki.RevocationReason;
import dev.countersign.pki.SerialNumber;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.issuance.Denial;
import dev.countersign.server.revocation.Change;
import dev.countersign.server.testing.TestAuthority;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DenialFeedTest {
  @TempDir Path home;

  private static JsonNode payload(byte[] page) {
    try {
      return Json.MAPPER.readTree(FlattenedJws.parse(page).payloadBytes());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static SerialNumber revoked(TestAuthority ca, String name) {
    SerialNumber serial = ca.issue(ca.identity(name, Names.none())).certificate().serial();
    ca.revocations.revoke(
        serial, RevocationReason.SUPERSEDED, Optional.empty(), TestAuthority.actor());
    return serial;
  }

  @Test
  void all_who_know_the_same_number_get_one_page_until_there_is_news_or_a_second_is_over() {
    try (TestAuthority ca = TestAuthority.create(home)) {
      revoked(ca, "orders");
      ca.denials.follow();
      DenialFeed feed = new DenialFeed(ca.denials, ca.hierarchy);
      byte[] page = feed.since(0);
      ca.clock.advance(Duration.ofMillis(900));
      ca.denials.follow();
      assertThat(feed.since(0)).isSameAs(page);
      ca.clock.advance(Duration.ofMillis(100));
      ca.denials.follow();
      byte[] later = feed.since(0);
      long first = payload(later).path("number").asLong();
      assertThat(payload(later).path("at")).isNotEqualTo(payload(page).path("at"));
      revoked(ca, "billing");
      ca.denials.follow();
      assertThat(payload(feed.since(0)).path("number").asLong()).isGreaterThan(first);
    }
  }

  @Test
  void says_the_time_at_which_the_database_answered_last() {
    try (TestAuthority ca = TestAuthority.create(home)) {
      ca.denials.follow();
      Instant asked = ca.clock.instant();
      ca.clock.advance(Duration.ofMinutes(10));
      DenialFeed feed = new DenialFeed(ca.denials, ca.hierarchy);
      assertThat(payload(feed.since(0)).path("at").asText()).isEqualTo(asked.toString());
    }
  }

  @Test
  void a_node_that_starts_knows_the_last_changes() {
    try (TestAuthority ca = TestAuthority.create(home)) {
      SerialNumber serial = revoked(ca, "orders");
      ca.denials.follow();
      JsonNode page = payload(new DenialFeed(ca.denials, ca.hierarchy).since(0));
      assertThat(page.path("after").asLong()).isZero();
      assertThat(page.at("/denied/superseded/0").asText()).isEqualTo(serial.toString());
    }
  }

  @Test
  void what_followed_a_number_that_was_not_the_newest_lately_is_signed_for_one_and_not_kept() {
    try (TestAuthority ca = TestAuthority.create(home)) {
      ca.database.writeAndWait(
          handle -> DenialRows.add(handle, "issuing-1", 100, TestAuthority.random()));
      ca.denials.follow();
      DenialFeed feed = new DenialFeed(ca.denials, ca.hierarchy);
      for (long strange = 1; strange <= 64; strange++) {
        feed.since(strange);
      }
      assertThat(feed.isShared(3)).isFalse();
      assertThat(feed.since(3)).isNotSameAs(feed.since(3));
      for (long lately : new long[] {100, 99, 85}) {
        assertThat(feed.isShared(lately)).as("%d", lately).isTrue();
        assertThat(feed.since(lately)).as("%d", lately).isSameAs(feed.since(lately));
      }
      for (int i = 0; i < 30; i++) { // at once, so that 100 is not among the last
        revoked(ca, "orders-" + i);
      }
      ca.denials.follow();
      assertThat(feed.isShared(100)).isTrue();
      assertThat(feed.since(100)).isSameAs(feed.since(100));
      assertThat(feed.all(Optional.empty())).isSameAs(feed.all(Optional.empty()));
      assertThat(feed.isShared(101)).as("was never told").isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"P256", "P384", "RSA_2048", "ED25519"})
  void is_signed_by_whatever_key_the_issuing_ca_has(KeyAlgorithm algorithm) {
    try (TestAuthority ca =
        TestAuthority.create(home, KeyAlgorithm.P256, algorithm, Instant.now())) {
      Authority issuing = ca.hierarchy.issuing();
      FlattenedJws page =
          FlattenedJws.parse(new DenialFeed(ca.denials, ca.hierarchy).all(Optional.empty()));
      assertThat(page.x5c().get(0)).isEqualTo(issuing.certificate());
      assertThat(page.verify(issuing.certificate().x509().getPublicKey())).isTrue();
    }
  }

  @Test
  void many_changes_come_in_pages() {
    List<Change> changes = new ArrayList<>();
    for (int i = 1; i <= DenialsPage.MOST + 1; i++) {
      SerialNumber serial = SerialNumber.parse(Integer.toHexString(i));
      Denial denial = new Denial(Instant.EPOCH, RevocationReason.SUPERSEDED, Optional.empty());
      changes.add(new Change(10 + i, serial, Instant.EPOCH, Optional.of(denial)));
    }
    long newest = 10 + DenialsPage.MOST + 1;
    DenialsPage first = DenialsPage.changes(10, changes, newest, Instant.EPOCH);
    assertThat(first.number()).isEqualTo(newest - 1);
    assertThat(first.newest()).isEqualTo(newest);
    assertThat(first.denied().get("superseded")).hasSize(DenialsPage.MOST);
    List<Change> rest = changes.subList(DenialsPage.MOST, changes.size());
    DenialsPage last = DenialsPage.changes(first.number(), rest, newest, Instant.EPOCH);
    assertThat(last.number()).isEqualTo(newest);
    assertThat(last.denied().get("superseded")).hasSize(1);
  }

  @Test
  void the_longest_page_is_a_jws_that_can_be_read() {
    try (TestAuthority ca = TestAuthority.create(home)) {
      List<String> serials = new ArrayList<>();
      for (int i = 0; i < DenialsPage.MOST; i++) {
        serials.add("f".repeat(40));
      }
      String place = "x".repeat(64) + ":" + "f".repeat(40);
      DenialsPage page =
          new DenialsPage(
              Long.MAX_VALUE,
              Long.MAX_VALUE,
              Instant.parse("2026-11-24T12:00:00.123456789Z"),
              Optional.of(Long.MAX_VALUE),
              Optional.of(place),
              Optional.of(place),
              Map.of("cessationOfOperation", serials),
              List.of());
      byte[] signed = new FeedSigner(ca.hierarchy).sign(page);
      assertThat(payload(signed).at("/denied/cessationOfOperation")).hasSize(DenialsPage.MOST);
    }
  }

  @Test
  void all_that_is_denied_comes_in_pieces_each_serial_once() {
    try (TestAuthority ca = TestAuthority.create(home)) {
      Set<String> expected = new TreeSet<>();
      int many = 2 * DenialsPage.MOST + 7;
      ca.database.writeAndWait(
          handle -> {
            DenialRows.add(handle, "issuing-1", many, TestAuthority.random())
                .forEach(serial -> expected.add(serial.toString()));
            return many;
          });
      ca.denials.follow();
      DenialFeed feed = new DenialFeed(ca.denials, ca.hierarchy);
      Set<String> read = new TreeSet<>();
      Optional<Place> from = Optional.empty();
      int pieces = 0;
      int serials = 0;
      do {
        JsonNode piece = payload(feed.all(from));
        assertThat(piece.path("number").asLong()).isEqualTo(many);
        assertThat(piece.path("from").asText()).isEqualTo(from.map(Place::toString).orElse(""));
        piece.path("denied").forEach(list -> list.forEach(one -> read.add(one.asText())));
        for (JsonNode list : piece.path("denied")) {
          serials += list.size();
        }
        pieces++;
        from =
            Optional.of(piece.path("next").asText())
                .filter(n -> !n.isEmpty())
                .flatMap(Place::parse);
      } while (from.isPresent());
      assertThat(pieces).isEqualTo(3);
      assertThat(serials).isEqualTo(many);
      assertThat(read).isEqualTo(expected);
    }
  }
}
