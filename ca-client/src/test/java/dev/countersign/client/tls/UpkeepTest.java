package dev.countersign.client.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.countersign.client.ClientException;
import dev.countersign.client.CredentialFolder;
import dev.countersign.client.Notices;
import dev.countersign.client.Renewal;
import dev.countersign.client.UnsyncedFolder;
import dev.countersign.client.testing.TestAuthority;
import dev.countersign.client.tls.Caller.Connection;
import dev.countersign.client.tls.PeerRefused.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What happens to a credential while services run, and what they take of it. */
class UpkeepTest {
  private static final Duration UNTIL_DUE = Duration.ofDays(25);

  @TempDir Path folders;
  private TestAuthority authority;
  private Party orders;

  @BeforeEach
  void start() {
    authority = TestAuthority.start();
    orders = Party.enrolled(authority, folders, "orders");
    orders.tls.accept(Peers::everyone);
  }

  @AfterEach
  void stop() {
    orders.close();
    authority.close();
  }

  private void renewElsewhere(CredentialFolder folder) {
    new Renewal(authority.clock(), new SecureRandom(), Notices.NONE)
        .renew(
            folder,
            new Renewal.Options(
                true,
                false,
                java.util.Optional.empty(),
                Renewal.Proof.SIGNED_REQUEST,
                dev.countersign.client.Patience.DEFAULT));
  }

  /** Points {@code current} elsewhere, as an operator would with {@code ln -sfn}. */
  private void switchTo(long generation) throws IOException {
    Path current = orders.folder.path().resolve("current");
    Files.delete(current);
    Files.createSymbolicLink(current, Path.of("generations", Long.toString(generation)));
  }

  @Test
  void what_another_process_writes_is_taken_in_the_background() throws Exception {
    try (Party watching =
        Party.of(
            authority,
            orders.folder,
            b ->
                new MutualTlsBuilder(orders.folder)
                    .clock(authority.clock())
                    .onlyReading()
                    .listener(
                        new MutualTlsListener() {
                          @Override
                          public void loaded(MutualTls.Status status) {
                            orders.loaded.add(status);
                          }
                        }))) {
      renewElsewhere(orders.folder);
      MutualTls.Status status = orders.loaded.poll(60, TimeUnit.SECONDS);
      assertThat(status).isNotNull();
      assertThat(status.serial()).isEqualTo(orders.credential().certificate().serial());
      assertThat(watching.tls.status()).isEqualTo(status);
    }
  }

  @Test
  void renews_in_its_window_and_not_before() {
    var before = orders.tls.status();
    orders.tls.keepUp();
    authority.pass(Duration.ofDays(19));
    orders.tls.keepUp();
    assertThat(orders.tls.status().serial()).isEqualTo(before.serial());
    authority.pass(Duration.ofDays(6));
    orders.tls.keepUp();
    assertThat(orders.tls.status().serial()).isNotEqualTo(before.serial());
    assertThat(orders.loaded).contains(orders.tls.status());
    assertThat(orders.troubles).isEmpty();
  }

  /** What is new is due on arrival then, and a fleet whose clock is ahead would renew all day. */
  @Test
  void with_a_clock_ahead_of_the_window_it_renews_ever_more_rarely() {
    var ahead = new AtomicReference<>(Duration.ofDays(25));
    InstantSource clock = () -> authority.clock().instant().plus(ahead.get());
    try (MutualTls hurried =
        new MutualTlsBuilder(orders.folder).clock(clock).keptUpByHand().open()) {
      var before = hurried.status().serial();
      hurried.keepUp();
      var serial = hurried.status().serial();
      assertThat(serial).isNotEqualTo(before);
      for (int i = 0; i < 20; i++) {
        hurried.keepUp();
      }
      assertThat(hurried.status().serial()).as("no time yet").isEqualTo(serial);
      ahead.set(Duration.ofDays(26));
      hurried.keepUp();
      assertThat(hurried.status().serial()).as("tried again later").isNotEqualTo(serial);
    }
  }

  @Test
  void whoever_only_reads_never_renews() {
    try (Party reader = Party.of(authority, orders.folder, MutualTlsBuilder::onlyReading)) {
      authority.pass(UNTIL_DUE);
      reader.tls.keepUp();
      assertThat(reader.tls.status()).isEqualTo(orders.tls.status());
      assertThat(authority.requests()).as("enrolled, and nothing else").isEqualTo(1);
    }
  }

  @Test
  void goes_on_while_the_authority_is_away_and_asks_ever_more_rarely() throws Exception {
    Party billing = Party.enrolled(authority, folders, "billing");
    billing.tls.accept(Peers::everyone);
    authority.vanish();
    authority.clock().advance(UNTIL_DUE);
    try (billing;
        Service service = Service.Kind.SOCKETS.start(orders.tls.context())) {
      orders.tls.keepUp(); // asks for a renewal
      orders.tls.keepUp(); // asks for news
      assertThat(orders.troubles.get(0)).contains("cannot be reached");
      int told = orders.troubles.size();
      orders.tls.keepUp();
      assertThat(orders.troubles).as("no time yet to try again").hasSize(told);
      authority.clock().advance(Duration.ofMinutes(1));
      orders.tls.keepUp();
      assertThat(orders.troubles).hasSize(told + 1);
      assertThat(Caller.Kind.ENGINES.of(billing.tls.context(), "TLSv1.3").call(service))
          .startsWith("hello");
    }
  }

  @Test
  void a_damaged_generation_is_not_taken_and_told_once() throws Exception {
    var before = orders.tls.status();
    renewElsewhere(orders.folder);
    Path key = orders.folder.path().resolve("current/key.pem");
    String whole = Files.readString(key);
    Files.writeString(key, whole.substring(0, 80));
    assertThatThrownBy(orders.tls::reload)
        .isInstanceOf(ClientException.class)
        .hasMessageContaining("is cut off or was changed");
    orders.tls.keepUp();
    orders.tls.keepUp();
    assertThat(orders.tls.status()).isEqualTo(before);
    assertThat(orders.troubles).hasSize(1);
    Files.writeString(key, whole);
    orders.tls.keepUp();
    assertThat(orders.tls.status().serial())
        .isEqualTo(orders.credential().certificate().serial())
        .isNotEqualTo(before.serial());
  }

  @Test
  void an_expired_credential_is_renewed_when_it_is_opened_as_long_as_its_grace_lasts() {
    orders.close();
    authority.pass(Duration.ofDays(32));
    try (Party late = Party.of(authority, orders.folder, b -> b)) {
      assertThat(late.tls.status().notAfter()).isAfter(authority.clock().instant());
    }
    authority.pass(Duration.ofDays(45));
    assertThatThrownBy(() -> Party.of(authority, orders.folder, b -> b))
        .isInstanceOf(ClientException.class)
        .hasMessageContaining("could be renewed until");
  }

  @Test
  void what_was_denied_stays_denied_when_the_folder_goes_back() throws Exception {
    Party billing = Party.enrolled(authority, folders, "billing");
    long first = orders.tls.status().generation();
    authority.revoke(billing.credential().certificate());
    orders.update();
    assertThat(orders.tls.status().generation()).isGreaterThan(first);
    switchTo(first);
    assertThat(orders.tls.reload()).isTrue();
    billing.tls.accept(Peers::everyone);
    try (billing;
        Service service = Service.Kind.SOCKETS.start(orders.tls.context())) {
      assertThat(
              catchThrowable(
                  () -> Caller.Kind.SOCKETS.of(billing.tls.context(), "TLSv1.3").call(service)))
          .isInstanceOf(IOException.class);
      assertThat(orders.awaitOwnRefusal().reason()).isEqualTo(Reason.DENIED);
    }
  }

  @ParameterizedTest
  @EnumSource(Service.Kind.class)
  void connections_of_before_a_renewal_go_on_until_their_limit(Service.Kind kind) throws Exception {
    Party billing = Party.enrolled(authority, folders, "billing");
    billing.tls.accept(Peers::everyone);
    try (billing;
        Party serving =
            Party.of(authority, orders.folder, b -> b.drainWithin(Duration.ofHours(1)))) {
      serving.tls.accept(Peers::everyone);
      try (Service service = kind.start(serving.tls.context());
          Connection open =
              Connection.open(billing.tls.context(), "TLSv1.3", "localhost", service.port())) {
        assertThat(open.call("/keep")).startsWith("hello");
        renewElsewhere(orders.folder);
        serving.tls.keepUp();
        authority.pass(Duration.ofMinutes(59));
        serving.tls.keepUp();
        assertThat(open.call("/keep")).startsWith("hello");
        assertThat(serving.cutOff).isEmpty();
        authority.pass(Duration.ofMinutes(2));
        serving.tls.keepUp();
        assertThat(serving.cutOff).hasSize(1);
        assertThat(catchThrowable(() -> open.call("/keep"))).isInstanceOf(IOException.class);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Service.Kind.class)
  void a_connection_does_not_outlive_the_peers_certificate(Service.Kind kind) throws Exception {
    Party billing = Party.enrolled(authority, folders, "billing");
    billing.tls.accept(Peers::everyone);
    try (billing;
        Service service = kind.start(orders.tls.context());
        Connection open =
            Connection.open(billing.tls.context(), "TLSv1.3", "localhost", service.port())) {
      assertThat(open.call("/keep")).startsWith("hello");
      authority.pass(UNTIL_DUE);
      orders.tls.keepUp();
      assertThat(open.call("/keep")).startsWith("hello");
      authority.pass(Duration.ofDays(5).plusSeconds(1));
      orders.tls.keepUp();
      assertThat(orders.cutOff).hasSize(1);
      assertThat(catchThrowable(() -> open.call("/keep"))).isInstanceOf(IOException.class);
    }
  }

  @Test
  void staleness_is_told_once_by_the_authoritys_signed_time() {
    Instant signed = orders.tls.status().denialsAsOf().orElseThrow();
    assertThat(signed).isEqualTo(authority.clock().instant());
    authority.vanish();
    authority.clock().advance(Duration.ofHours(24));
    orders.tls.keepUp();
    assertThat(orders.tls.status().stale()).isFalse();
    authority.clock().advance(Duration.ofSeconds(1));
    orders.tls.keepUp();
    orders.tls.keepUp();
    assertThat(orders.tls.status().stale()).isTrue();
    assertThat(orders.troubles.stream().filter(t -> t.contains(signed.toString()))).hasSize(1);
  }

  @Test
  void news_that_come_end_staleness() {
    authority.pass(Duration.ofHours(30));
    assertThat(orders.tls.status().stale()).isTrue();
    orders.tls.keepUp();
    assertThat(orders.tls.status().stale()).isFalse();
    assertThat(orders.troubles).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(StalePolicy.class)
  void new_connections_are_refused_only_if_that_was_chosen(StalePolicy policy) throws Exception {
    Party billing = Party.enrolled(authority, folders, "billing");
    billing.tls.accept(Peers::everyone);
    try (billing;
        Party serving =
            Party.of(authority, orders.folder, b -> b.stale(Duration.ofHours(2), policy))) {
      serving.tls.accept(Peers::everyone);
      try (Service service = Service.Kind.ENGINES.start(serving.tls.context());
          Connection open =
              Connection.open(billing.tls.context(), "TLSv1.3", "localhost", service.port())) {
        assertThat(open.call("/keep")).startsWith("hello");
        authority.clock().advance(Duration.ofHours(3));
        assertThat(open.call("/keep")).as("open connections stay").startsWith("hello");
        Caller caller = Caller.Kind.SOCKETS.of(billing.tls.context(), "TLSv1.2");
        if (policy == StalePolicy.WARN) {
          assertThat(caller.call(service)).startsWith("hello");
        } else {
          assertThat(catchThrowable(() -> caller.call(service))).isInstanceOf(IOException.class);
          assertThat(serving.awaitOwnRefusal().reason()).isEqualTo(Reason.STALE);
        }
      }
    }
  }

  @Test
  void settings_of_sessions_stay_over_a_renewal() {
    orders.tls.context().getServerSessionContext().setSessionTimeout(77);
    orders.tls.context().getClientSessionContext().setSessionCacheSize(55);
    renewElsewhere(orders.folder);
    assertThat(orders.tls.reload()).isTrue();
    assertThat(orders.tls.context().getServerSessionContext().getSessionTimeout()).isEqualTo(77);
    assertThat(orders.tls.context().getClientSessionContext().getSessionCacheSize()).isEqualTo(55);
  }

  @Test
  void nothing_new_is_nothing_new() {
    assertThat(orders.tls.reload()).isFalse();
    assertThat(orders.loaded).isEmpty();
  }

  @Test
  void what_is_closed_makes_no_connections() {
    orders.close();
    assertThatThrownBy(() -> orders.tls.context().createSSLEngine())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is closed");
  }

  @Test
  void a_folder_without_a_credential_is_not_opened() {
    assertThatThrownBy(
            () -> new MutualTlsBuilder(UnsyncedFolder.at(folders.resolve("nothing"))).open())
        .isInstanceOf(ClientException.class)
        .hasMessageContaining("countersign enroll");
  }
}
