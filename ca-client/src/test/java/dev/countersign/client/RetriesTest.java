package dev.countersign.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetriesTest {
  private static final URI URL = URI.create("https://ca.example:8443/v1/enroll");

  /** Time that passes only by waiting. */
  private final class Waits implements Retries.Time {
    private long now;

    @Override
    public long nanos() {
      return now;
    }

    @Override
    public void pass(Duration wait) {
      now += wait.toNanos();
      waits.add(wait);
    }
  }

  private final List<Duration> waits = new ArrayList<>();
  private final Waits time = new Waits();
  private int asked;

  private <T> T ask(Supplier<T> request) {
    Patience patience = new Patience(Duration.ofSeconds(2), Duration.ofSeconds(18), 1000);
    return new Retries(patience, new SecureRandom(), Notices.NONE, time)
        .of(
            () -> {
              asked++;
              return request.get();
            });
  }

  private static UnavailableException unavailable(int status, @Nullable Duration retryAfter) {
    return new UnavailableException(URL, status, Optional.empty(), Optional.ofNullable(retryAfter));
  }

  private String answersAt(int attempt, ClientException before) {
    return ask(
        () -> {
          if (asked < attempt) {
            throw before;
          }
          return "answered";
        });
  }

  @Test
  void waits_ever_longer_and_never_the_same_time() {
    assertThat(answersAt(4, unavailable(503, null))).isEqualTo("answered");
    assertThat(waits).hasSize(3);
    for (int i = 0; i < 3; i++) {
      assertThat(waits.get(i))
          .isBetween(Duration.ofMillis(200L << i), Duration.ofMillis(400L << i));
    }
    List<Duration> first = List.copyOf(waits);
    waits.clear();
    asked = 0;
    answersAt(4, unavailable(503, null));
    assertThat(waits).doesNotContainAnyElementsOf(first);
  }

  @Test
  void gives_up_after_a_few_attempts() {
    assertThatThrownBy(() -> answersAt(5, unavailable(429, null)))
        .isInstanceOf(UnavailableException.class);
    assertThat(asked).isEqualTo(4);
    asked = 0;
    NotConnectedException refused = new NotConnectedException("refused", new Exception());
    assertThatThrownBy(() -> answersAt(5, refused)).isSameAs(refused);
    assertThat(asked).isEqualTo(4);
  }

  @Test
  void does_not_come_back_before_it_is_wanted() {
    answersAt(3, unavailable(503, Duration.ofSeconds(6)));
    assertThat(waits)
        .hasSize(2)
        .allSatisfy(
            wait -> assertThat(wait).isBetween(Duration.ofSeconds(6), Duration.ofSeconds(7)));
  }

  @Test
  void does_not_wait_beyond_its_patience() {
    assertThatThrownBy(() -> answersAt(2, unavailable(503, Duration.ofSeconds(20))))
        .hasMessageContaining("in 20 s");
    assertThat(waits).isEmpty();
    assertThatThrownBy(() -> answersAt(5, unavailable(503, Duration.ofSeconds(8))));
    assertThat(waits).hasSize(2);
  }

  @Test
  void what_may_have_been_done_and_what_was_refused_is_not_asked_again() {
    for (ClientException failure :
        List.of(
            unavailable(500, null),
            new UnusableAnswerException("cut off"),
            new ClientException(ClientException.Kind.REFUSED, "no"),
            new ClientException(ClientException.Kind.WRONG_SERVER, "who?"))) {
      asked = 0;
      assertThatThrownBy(() -> answersAt(2, failure)).isSameAs(failure);
      assertThat(asked).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "7, -, 7",
        "0, -, 0",
        "999999999999999999999999, -, 86400",
        "'Sun, 06 Nov 1994 08:49:40 GMT', -, 3",
        "'Sun, 06 Nov 1994 08:49:30 GMT', -, 0",
        "'Sun, 06 Nov 1994 08:49:40 GMT', 'Sun, 06 Nov 1994 08:49:10 GMT', 30",
        "'Sat, 06 Nov 2094 08:49:37 GMT', -, 86400",
        "-7, -, -",
        "1.5, -, -",
        "soon, -, -",
        "'', -, -"
      })
  void both_forms_of_the_header_are_read(
      String value, @Nullable String date, @Nullable Long seconds) {
    Map<String, List<String>> headers = new HashMap<>();
    headers.put("Retry-After", List.of(value));
    if (date != null) {
      headers.put("Date", List.of(date));
    }
    InstantSource clock = InstantSource.fixed(Instant.parse("1994-11-06T08:49:37Z"));
    assertThat(RetryAfter.of(HttpHeaders.of(headers, (n, v) -> true), clock))
        .isEqualTo(Optional.ofNullable(seconds).map(Duration::ofSeconds));
  }
}
