package dev.countersign.client.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.client.ClientException;
import dev.countersign.client.CredentialFolder;
import dev.countersign.client.UnsyncedFolder;
import dev.countersign.client.testing.TestAuthority;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service that begins with nothing but an enrolment string. */
class EnrollingTest {
  @TempDir Path folders;
  private TestAuthority authority;
  private CredentialFolder folder;
  private String string;
  private final AtomicInteger asked = new AtomicInteger();

  @BeforeEach
  void start() {
    authority = TestAuthority.start();
    folder = UnsyncedFolder.at(folders.resolve("orders"));
    string = authority.enrolment("orders").encode();
  }

  @AfterEach
  void stop() {
    authority.close();
  }

  private MutualTls open(Supplier<String> given) {
    return new MutualTlsBuilder(folder)
        .clock(authority.clock())
        .keptUpByHand()
        .listener(HandshakeTest.quiet())
        .enrolling(
            () -> {
              asked.incrementAndGet();
              return given.get();
            })
        .open();
  }

  @Test
  void is_enrolled_at_its_first_start_and_uses_what_it_has_later() {
    MutualTls.Status first;
    try (MutualTls tls = open(() -> string + "\n")) {
      first = tls.status();
      assertThat(first.identity()).isEqualTo("orders");
    }
    try (MutualTls again = open(() -> "used up")) {
      assertThat(again.status().serial()).isEqualTo(first.serial());
    }
    assertThat(asked).hasValue(1);
    assertThat(authority.server().issued).hasSize(1);
  }

  @Test
  void gets_the_same_certificate_when_the_answer_was_lost() {
    authority.server().answersAreLost = true;
    assertThatThrownBy(() -> open(() -> string)).isInstanceOf(ClientException.class);
    authority.server().answersAreLost = false;
    try (MutualTls tls = open(() -> string)) {
      assertThat(authority.server().issued)
          .singleElement()
          .satisfies(one -> assertThat(one.serial()).isEqualTo(tls.status().serial()));
    }
  }

  @Test
  void two_that_begin_together_share_one_certificate() {
    List<CompletableFuture<MutualTls>> both =
        List.of(
            CompletableFuture.supplyAsync(() -> open(() -> string)),
            CompletableFuture.supplyAsync(() -> open(() -> string)));
    for (CompletableFuture<MutualTls> one : both) {
      try (MutualTls tls = one.join()) {
        assertThat(tls.status().serial()).isEqualTo(folder.read().info().serial());
      }
    }
    assertThat(authority.server().issued).hasSize(1);
  }

  @Test
  void whose_folder_was_enrolled_meanwhile_by_another_string_uses_that() {
    String other = authority.enrolment("orders").encode();
    try (MutualTls tls =
        open(
            () -> {
              authority.issue(folder, "orders");
              return other;
            })) {
      assertThat(tls.status().serial()).isEqualTo(folder.read().info().serial());
    }
  }

  @Test
  void says_what_is_missing() {
    assertThatThrownBy(() -> open(() -> System.getenv("COUNTERSIGN_IS_NOT_SET")))
        .isInstanceOf(ClientException.class)
        .hasMessageContaining("no enrolment string");
    assertThatThrownBy(() -> open(() -> "csgn1_AAAA"))
        .isInstanceOf(ClientException.class)
        .hasMessageContaining("cannot be used");
    assertThat(folder.isUsed()).isFalse();
  }
}
