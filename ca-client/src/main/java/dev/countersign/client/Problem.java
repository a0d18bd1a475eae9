package dev.countersign.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** What an authority says when it refuses: an RFC 9457 problem. */
public record Problem(
    String type,
    int status,
    String title,
    String detail,
    Optional<Instant> serverTime,
    Optional<String> incident,
    Optional<String> requestId) {

  private static final String PREFIX = "urn:countersign:problem:";

  /** The last word of the type, such as {@code enrollment-used}. */
  public String word() {
    return type.startsWith(PREFIX) ? type.substring(PREFIX.length()) : type;
  }

  static Problem of(JsonNode body, int status) {
    return new Problem(
        text(body, "type").orElse("about:blank"), // RFC 9457 3.1.1
        status,
        text(body, "title").orElse("status " + status),
        text(body, "detail").orElse(""),
        text(body, "serverTime").flatMap(Problem::instant),
        text(body, "incident"),
        text(body, "requestId"));
  }

  private static Optional<String> text(JsonNode body, String member) {
    JsonNode value = body.get(member);
    return value != null && value.isTextual()
        ? Optional.of(Printable.line(value.textValue()))
        : Optional.empty();
  }

  private static Optional<Instant> instant(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
