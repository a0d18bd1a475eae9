package dev.countersign.server.http;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import dev.countersign.pki.MalformedJwsException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a body, for whoever wrote it: the parser speaks to who configures it, and
 * quotes what may be a secret.
 */
final class JsonComplaint {
  private JsonComplaint() {}

  /** Of bytes that are not JSON, or not within what is read here. */
  static String unreadable(JsonProcessingException e) {
    if (e instanceof StreamConstraintsException) {
      return "More than is read here: objects in each other at most 32 deep, names of 256 and"
          + " numbers of 40 characters."
          + place(e);
    }
    if (e instanceof JsonEOFException) {
      return "The JSON ends in its middle: send the whole of it." + place(e);
    }
    if (isTwice(e)) {
      return "This member is there twice: send it once." + place(e);
    }
    if (e instanceof MismatchedInputException) { // it reads any JSON, but no second value
      return "There is something after the JSON object: send one object alone." + place(e);
    }
    return "This is not JSON: send one object, in UTF-8 (RFC 8259)." + place(e);
  }

  private static boolean isTwice(JsonProcessingException e) {
    return String.valueOf(e.getOriginalMessage()).startsWith("Duplicate ");
  }

  private static String place(JsonProcessingException e) {
    JsonLocation at = e.getLocation();
    return at == null || at.getLineNr() < 1
        ? ""
        : " It was found at line " + at.getLineNr() + ", column " + at.getColumnNr() + ".";
  }

  /** Of JSON that has something else where a value of this type is expected. */
  static String unfit(JsonProcessingException e, JsonNode found) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof MalformedJwsException malformed) {
        return Problems.sentence(malformed);
      }
    }
    if (found.isMissingNode()) {
      return "This member is required.";
    }
    Class<?> type = e instanceof MismatchedInputException misfit ? misfit.getTargetType() : null;
    return "Expected is " + expected(type) + ", not " + described(found) + ".";
  }

  private static String expected(@Nullable Class<?> type) {
    if (type == null) {
      return "another value";
    }
    if (type.isEnum()) {
      return "one of "
          + Arrays.stream(type.getEnumConstants())
              .map(String::valueOf)
              .collect(Collectors.joining(", "));
    }
    if (type == Instant.class) {
      return "a time such as \"2026-11-24T05:00:00Z\"";
    }
    if (type == Duration.class) {
      return "a duration such as \"PT1H\"";
    }
    if (CharSequence.class.isAssignableFrom(type)) {
      return "a string";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (type.isPrimitive() || Number.class.isAssignableFrom(type)) {
      return "a whole number";
    }
    if (type.isArray() || Collection.class.isAssignableFrom(type)) {
      return "an array";
    }
    return "an object";
  }

  private static String described(JsonNode found) {
    return switch (found.getNodeType()) {
      case STRING -> found.textValue().isEmpty() ? "an empty string" : "this string";
      case NUMBER -> found.isIntegralNumber() ? "a number" : "a number with a fraction";
      case BOOLEAN -> "true or false";
      case ARRAY -> "an array";
      case OBJECT -> "an object";
      default -> "this";
    };
  }
}
