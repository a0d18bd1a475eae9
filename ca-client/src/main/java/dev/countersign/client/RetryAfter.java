package dev.countersign.client;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/** The header {@code Retry-After}: RFC 9110 10.2.3, either seconds or a date. */
final class RetryAfter {
  private static final Duration LONGEST = Duration.ofDays(1); // what is longer is no help
  // RFC 9110 5.6.7: the one form of a date that senders may use
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.RFC_1123_DATE_TIME.withLocale(Locale.ROOT);

  private RetryAfter() {}

  static Optional<Duration> of(HttpHeaders headers, InstantSource clock) {
    return headers
        .firstValue("Retry-After")
        .map(String::strip)
        .flatMap(text -> text.matches("[0-9]+") ? seconds(text) : date(text, headers, clock))
        .map(wait -> wait.isNegative() ? Duration.ZERO : wait)
        .map(wait -> wait.compareTo(LONGEST) > 0 ? LONGEST : wait);
  }

  private static Optional<Duration> seconds(String text) {
    return Optional.of(text.length() > 9 ? LONGEST : Duration.ofSeconds(Long.parseLong(text)));
  }

  /** By the clock of who says it, if that is told too. */
  private static Optional<Duration> date(String text, HttpHeaders headers, InstantSource clock) {
    Instant now = headers.firstValue("Date").flatMap(RetryAfter::instant).orElseGet(clock::instant);
    return instant(text).map(then -> Duration.between(now, then));
  }

  private static Optional<Instant> instant(String text) {
    try {
      return Optional.of(Instant.from(DATE.parse(text)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
