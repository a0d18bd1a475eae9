package dev.countersign.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import dev.countersign.client.ClientException.Kind;
import dev.countersign.client.testing.AuthorityDouble;
import dev.countersign.pki.FlattenedJws;
import dev.countersign.pki.MalformedJwsException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client does with an authority that cannot answer just now. */
class UnavailableTest {
  private static final String STOPPING =
      "{'type':'urn:countersign:problem:unavailable','title':'Cannot do this now',"
          + "'detail':'The server is stopping.'}";

  @TempDir Path temp;
  private Scene scene;
  private final AtomicInteger turnedAway = new AtomicInteger();

  @BeforeEach
  void start() {
    scene = new Scene(temp.resolve("orders"));
  }

  @AfterEach
  void stop() {
    scene.close();
  }

  private void answers(HttpExchange exchange, int status, String... retryAfter) throws IOException {
    turnedAway.incrementAndGet();
    for (String value : retryAfter) {
      exchange.getResponseHeaders().set("Retry-After", value);
    }
    AuthorityDouble.send(
        exchange, status, "application/problem+json", STOPPING.replace('\'', '"').getBytes(UTF_8));
  }

  /** Turns away the first requests of a kind. */
  private void turnsAway(int times, int status, String... retryAfter) {
    AtomicInteger left = new AtomicInteger(times);
    scene.authority.fault =
        exchange -> {
          if (left.getAndDecrement() <= 0) {
            return false;
          }
          answers(exchange, status, retryAfter);
          return true;
        };
  }

  @ParameterizedTest
  @ValueSource(ints = {503, 429})
  void a_first_certificate_comes_in_spite_of_a_few_refusals(int status) {
    List<Long> signedAt = new CopyOnWriteArrayList<>();
    AtomicInteger left = new AtomicInteger(2);
    scene.authority.fault =
        exchange -> {
          if (left.getAndDecrement() <= 0) {
            return false;
          }
          signedAt.add(iat(exchange));
          scene.clock.advance(Duration.ofSeconds(90));
          answers(exchange, status, "0");
          return true;
        };
    assertThat(scene.enroll().info().identity()).isEqualTo("orders");
    assertThat(turnedAway).hasValue(2);
    assertThat(signedAt.get(1) - signedAt.get(0)).as("signed anew").isEqualTo(90);
    assertThat(scene.authority.issued).hasSize(1);
  }

  private static long iat(HttpExchange exchange) throws IOException {
    try {
      return FlattenedJws.parse(exchange.getRequestBody().readAllBytes()).headerNumber("iat");
    } catch (MalformedJwsException e) {
      throw new IOException(e);
    }
  }

  @Test
  void renewals_bundles_and_reading_are_asked_for_again() {
    scene.enroll();
    turnsAway(1, 503);
    assertThat(scene.renew(Scene.forced(false, Renewal.Proof.SIGNED_REQUEST)).renewed()).isTrue();
    turnsAway(1, 503);
    assertThat(scene.updateTrust().trustChanged()).isFalse();
    scene.authority.canned.put("GET /v1/profiles", "{\"items\":[]}");
    turnsAway(1, 429, "0");
    assertThat(scene.api().profiles()).isEmpty();
    assertThat(turnedAway).hasValue(3);
  }

  @Test
  void issuing_is_asked_for_again_with_the_same_key_and_other_changes_are_not() {
    scene.enroll();
    List<String> keys = new CopyOnWriteArrayList<>();
    scene.authority.fault =
        exchange -> {
          keys.add(String.valueOf(exchange.getRequestHeaders().getFirst("Idempotency-Key")));
          if (keys.size() == 3) {
            return false;
          }
          answers(exchange, 503);
          return true;
        };
    Answers.IssueRequest wanted =
        new Answers.IssueRequest(
            "csr", "orders", Optional.of("peer"), Optional.empty(), Optional.empty());
    assertThatThrownBy(() -> scene.api().issueCertificate(wanted, "once"))
        .isInstanceOf(RefusedException.class); // the double issues nothing
    assertThat(keys).containsExactly("once", "once", "once");

    turnsAway(2, 503);
    turnedAway.set(0);
    assertThatThrownBy(() -> scene.api().restoreIdentity("orders"))
        .isInstanceOf(UnavailableException.class);
    assertThat(turnedAway).hasValue(1);
  }

  @Test
  void a_change_whose_answer_was_lost_is_not_made_at_another_url() {
    scene.enroll();
    try (AuthorityDouble other = AuthorityDouble.start(scene.ca, scene.clock)) {
      scene.authority.fault = exchange -> true; // hangs up
      OperatorApi api = scene.api(scene.authority.url(), other.url());
      assertThatThrownBy(() -> api.restoreIdentity("orders"))
          .isInstanceOf(UnusableAnswerException.class);
      assertThat(other.requests).isEmpty();
      turnsAway(1, 503);
      assertThatThrownBy(() -> api.restoreIdentity("orders")).isInstanceOf(RefusedException.class);
      assertThat(other.requests).hasSize(1);
    }
  }

  @Test
  void a_change_that_may_have_been_made_is_not_made_at_another_url() {
    scene.enroll();
    String unknown = STOPPING.replace(":unavailable", ":outcome-unknown").replace('\'', '"');
    try (AuthorityDouble other = AuthorityDouble.start(scene.ca, scene.clock)) {
      OperatorApi api = scene.api(scene.authority.url(), other.url());
      for (String type : List.of("application/problem+json", "text/html")) {
        scene.authority.fault =
            exchange -> {
              AuthorityDouble.send(exchange, 503, type, unknown.getBytes(UTF_8));
              return true;
            };
        assertThatThrownBy(() -> api.restoreIdentity("orders"))
            .as(type)
            .isInstanceOf(UnavailableException.class)
            .hasMessageContaining("see first whether it was done");
        assertThat(other.requests).as(type).isEmpty();
      }
    }
  }

  @Test
  void what_may_be_done_twice_is_asked_again_though_it_may_have_been_done() {
    AtomicInteger left = new AtomicInteger(2);
    scene.authority.fault =
        exchange -> {
          if (left.getAndDecrement() <= 0) {
            return false;
          }
          AuthorityDouble.send(
              exchange,
              503,
              "application/problem+json",
              STOPPING
                  .replace(":unavailable", ":outcome-unknown")
                  .replace('\'', '"')
                  .getBytes(UTF_8));
          return true;
        };
    assertThat(scene.enroll().info().identity()).isEqualTo("orders");
    assertThat(scene.authority.issued).hasSize(1);
  }

  @Test
  void what_stays_away_is_told_as_unavailable_and_nothing_is_lost() {
    scene.authority.fault =
        exchange -> {
          answers(exchange, 503);
          return true;
        };
    var string = scene.authority.string("orders");
    assertThatThrownBy(() -> scene.enroll(string, scene.folder, Enrollment.Options.USUAL))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContainingAll(
            "unavailable",
            "The server is stopping.",
            "Nothing is lost: run the same command again later.")
        .satisfies(e -> assertThat(((ClientException) e).kind()).isEqualTo(Kind.UNAVAILABLE));
    assertThat(turnedAway).hasValue(4);
    scene.authority.fault = exchange -> false;
    scene.enroll(string, scene.folder, Enrollment.Options.USUAL);
    assertThat(scene.authority.issued).hasSize(1);
  }

  @Test
  void who_is_to_come_back_later_than_patience_lasts_is_told_when() {
    turnsAway(9, 429, "3600");
    assertThatThrownBy(scene::enroll)
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("again in 3600 s");
    assertThat(turnedAway).hasValue(1);
  }

  @Test
  void a_proxys_page_that_says_so_is_believed() {
    AtomicInteger left = new AtomicInteger(2);
    scene.authority.fault =
        exchange -> {
          int now = left.getAndDecrement();
          if (now <= 0) {
            return false;
          }
          AuthorityDouble.send(
              exchange,
              503,
              now == 2 ? "text/html" : "application/problem+json",
              "<html>down</html>".getBytes(UTF_8));
          return true;
        };
    assertThat(scene.enroll().info().identity()).isEqualTo("orders");
  }

  @Test
  void a_fault_of_the_authoritys_own_is_told_and_not_asked_for_again() {
    turnsAway(9, 500);
    assertThatThrownBy(scene::enroll)
        .satisfies(e -> assertThat(((ClientException) e).kind()).isEqualTo(Kind.UNAVAILABLE));
    assertThat(turnedAway).hasValue(1);
  }

  @Test
  void another_url_is_asked_before_anybody_waits() {
    try (AuthorityDouble down = AuthorityDouble.start(scene.ca, scene.clock)) {
      down.fault =
          exchange -> {
            answers(exchange, 503, "3600");
            return true;
          };
      var string =
          scene.authority.string(
              "orders",
              1,
              List.of(URI.create("https://localhost:1"), down.url(), scene.authority.url()),
              List.of(scene.ca.root().pin()));
      assertThat(scene.enroll(string, scene.folder, Enrollment.Options.USUAL)).isNotNull();
      assertThat(turnedAway).hasValue(1);
    }
  }
}
