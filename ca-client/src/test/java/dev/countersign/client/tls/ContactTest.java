package dev.countersign.client.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.client.Notices;
import dev.countersign.client.Renewal;
import dev.countersign.client.UnsyncedFolder;
import dev.countersign.client.testing.AuthorityDouble;
import dev.countersign.client.testing.TestAuthority;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.SerialNumber;
import dev.countersign.pki.testing.TestCa;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The authority hears what is loaded, and is heard about what it wants. */
class ContactTest {
  private static final Duration AN_HOUR = Duration.ofHours(1);

  @TempDir Path folders;
  private TestAuthority authority;
  private Party orders;

  @BeforeEach
  void start() {
    authority = TestAuthority.start();
    orders = Party.enrolled(authority, folders, "orders");
  }

  @AfterEach
  void stop() {
    orders.close();
    authority.close();
  }

  private TestAuthority.Checkin last() {
    List<TestAuthority.Checkin> all = authority.checkins();
    return all.get(all.size() - 1);
  }

  private SerialNumber serial() {
    return orders.tls.status().serial();
  }

  /** A renewal is loaded in one round and told in the next. */
  private void keepUp() {
    for (int i = 0; i < 3; i++) {
      orders.tls.keepUp();
    }
  }

  @Test
  void what_is_loaded_is_told_after_each_change_and_now_and_then() {
    try (Party versioned = Party.of(authority, orders.folder, b -> b.version("orders 2.3"))) {
      versioned.tls.keepUp();
      versioned.tls.keepUp();
      assertThat(authority.checkins()).hasSize(1);
      assertThat(last().serial()).isEqualTo(serial());
      assertThat(last().trustBundle()).isEqualTo(1);
      assertThat(last().version()).contains("orders 2.3");
      assertThat(last().signed()).as("shown in the handshake").isFalse();
      authority.pass(Duration.ofMinutes(4));
      versioned.tls.keepUp();
      assertThat(authority.checkins()).hasSize(1);
      authority.pass(Duration.ofMinutes(7));
      versioned.tls.keepUp();
      assertThat(authority.checkins()).as("now and then").hasSize(2);
    }
    authority.pass(Duration.ofDays(25));
    keepUp();
    assertThat(last().serial())
        .isEqualTo(serial())
        .isNotEqualTo(authority.checkins().get(0).serial());
    authority.prepareRoot();
    orders.update();
    orders.tls.keepUp();
    assertThat(last().trustBundle()).isEqualTo(2);
    assertThat(orders.troubles).isEmpty();
  }

  @Test
  void a_certificate_for_servers_alone_signs_and_says_also_what_it_knows_of_denials() {
    authority.certifyServersAlone();
    try (Party serving = Party.enrolled(authority, folders, "serving")) {
      serving.tls.keepUp();
      assertThat(last().signed()).isTrue();
      assertThat(last().denials()).isZero();
      authority.revoke(orders.credential().certificate());
      serving.tls.keepUp();
      assertThat(last().serial()).isEqualTo(serving.tls.status().serial());
      assertThat(last().denials()).isEqualTo(1);
      assertThat(serving.troubles).isEmpty();
    }
  }

  @Test
  void whoever_is_called_in_renews_before_its_window_and_only_once_in_a_folder() {
    SerialNumber before = serial();
    try (Party other = Party.of(authority, orders.folder, b -> b)) {
      keepUp();
      other.tls.keepUp();
      authority.callIn(orders.credential().certificate());
      keepUp();
      assertThat(serial()).as("it is not asked all the time").isEqualTo(before);
      authority.pass(AN_HOUR);
      orders.tls.keepUp();
      other.tls.keepUp();
      SerialNumber renewed = orders.credential().info().serial();
      assertThat(renewed).isNotEqualTo(before);
      keepUp();
      other.tls.keepUp();
      other.tls.keepUp();
      assertThat(List.of(serial(), other.tls.status().serial())).containsOnly(renewed);
      assertThat(orders.credential().info().serial()).as("not again").isEqualTo(renewed);
    }
    authority.pass(AN_HOUR);
    keepUp();
    assertThat(authority.server().issued).hasSize(2);
    assertThat(orders.troubles).isEmpty();
  }

  @Test
  void whoever_was_called_in_too_finds_it_done_by_another_process() {
    SerialNumber before = serial();
    Renewal renewal = new Renewal(authority.clock(), new SecureRandom(), Notices.NONE);
    assertThat(renewal.renewEarly(orders.folder, before, Renewal.Options.USUAL).renewed()).isTrue();
    assertThat(renewal.renewEarly(orders.folder, before, Renewal.Options.USUAL).renewed())
        .isFalse();
  }

  @Test
  void a_window_is_not_put_off() {
    keepUp();
    authority.server().fault =
        exchange -> {
          if (!exchange.getRequestURI().getPath().startsWith("/v1/renewal-info/")) {
            return false;
          }
          AuthorityDouble.send(
              exchange,
              200,
              "application/json",
              "{\"suggestedWindow\":{\"start\":\"2099-01-01T00:00:00Z\",\"end\":\"2099-01-02T00:00:00Z\"}}"
                  .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
          return true;
        };
    SerialNumber before = serial();
    authority.pass(Duration.ofDays(25));
    keepUp();
    assertThat(serial()).isNotEqualTo(before);
  }

  @Test
  void a_new_trust_bundle_is_taken_as_soon_as_the_authority_tells_of_it() {
    orders.tls.keepUp();
    TestCa next = authority.prepareRoot();
    authority.pass(Duration.ofMinutes(11)); // before it is time for an update
    try (Party slow = Party.of(authority, orders.folder, b -> b.updateEvery(Duration.ofDays(9)))) {
      slow.tls.keepUp();
      assertThat(slow.credential().roots()).contains(next.root());
      assertThat(slow.tls.status().trustBundle()).isEqualTo(2);
      slow.tls.keepUp();
      assertThat(last().trustBundle()).isEqualTo(2);
    }
  }

  @Test
  void a_trust_bundle_that_no_root_vouches_for_is_told_and_the_last_one_kept() {
    TestCa stranger = TestCa.create("Stranger", KeyAlgorithm.P256, authority.clock());
    authority.server().bundle.add(stranger.root());
    authority.server().bundleNumber++;
    try (Party slow = Party.of(authority, orders.folder, b -> b.updateEvery(Duration.ofDays(9)))) {
      slow.tls.keepUp();
      assertThat(slow.tls.status().trustBundle()).isEqualTo(1);
      assertThat(slow.credential().roots()).doesNotContain(stranger.root());
      assertThat(slow.troubles).singleElement().asString().contains("vouches for it");
      int asked = authority.requests();
      slow.tls.keepUp();
      assertThat(authority.requests()).as("the feed alone").isEqualTo(asked + 1);
    }
  }

  @Test
  void an_authority_that_wants_to_be_left_alone_is() {
    authority.server().fault =
        exchange -> {
          if (!exchange.getRequestURI().getPath().equals("/v1/checkin")) {
            return false;
          }
          exchange.getResponseHeaders().set("Retry-After", "1800");
          AuthorityDouble.send(exchange, 503, "text/plain", new byte[0]);
          return true;
        };
    orders.tls.keepUp();
    authority.server().fault = exchange -> false;
    authority.pass(Duration.ofMinutes(29));
    orders.tls.keepUp();
    assertThat(authority.checkins()).isEmpty();
    assertThat(orders.troubles).hasSize(1);
    authority.pass(Duration.ofMinutes(2));
    orders.tls.keepUp();
    assertThat(authority.checkins()).hasSize(1);
  }

  @Test
  void a_reader_of_a_folder_that_others_keep_says_nothing() {
    try (Party reader = Party.of(authority, orders.folder, MutualTlsBuilder::onlyReading)) {
      authority.pass(AN_HOUR);
      reader.tls.keepUp();
      assertThat(authority.checkins()).isEmpty();
    }
  }

  @Test
  void a_folder_is_written_by_one_at_a_time() throws Exception {
    Party other = Party.of(authority, UnsyncedFolder.at(orders.folder.path()), b -> b);
    try (other) {
      authority.pass(Duration.ofDays(25));
      Thread[] both = {new Thread(orders.tls::keepUp), new Thread(other.tls::keepUp)};
      for (Thread one : both) {
        one.start();
      }
      for (Thread one : both) {
        one.join();
      }
      keepUp();
      other.tls.keepUp();
      assertThat(authority.server().issued).as("enrolled, and renewed once").hasSize(2);
      assertThat(other.tls.status().serial()).isEqualTo(serial());
      assertThat(orders.troubles).isEmpty();
      assertThat(other.troubles).isEmpty();
    }
  }
}
