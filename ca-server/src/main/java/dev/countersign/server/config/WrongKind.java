package dev.countersign.server.config;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A value that is not of the kind that its member has, in words and with an example. */
final class WrongKind {
  private static final int LONGEST = 60;

  private WrongKind() {}

  static String said(JsonMappingException e) {
    Class<?> type = e instanceof MismatchedInputException wrong ? wrong.getTargetType() : null;
    String value =
        e instanceof InvalidFormatException format ? quoted(format.getValue()) : "this value";
    return value + " is not " + expected(type);
  }

  private static String expected(@Nullable Class<?> type) {
    if (type == null) {
      return "what is expected here";
    }
    if (type == Duration.class) {
      return "a duration such as PT30S, PT1H or P90D";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (type == double.class || type == Double.class) {
      return "a number such as 0.5";
    }
    if (type.isPrimitive() || Number.class.isAssignableFrom(type)) {
      return "a whole number such as 100";
    }
    if (Collection.class.isAssignableFrom(type) || type.isArray()) {
      return "a list such as [a, b]";
    }
    if (type.isRecord() || Map.class.isAssignableFrom(type)) {
      return "a group of members such as {name: value}";
    }
    return type == String.class ? "text" : "a value that is known here";
  }

  private static String quoted(@Nullable Object value) {
    String text = String.valueOf(value);
    return "\"" + (text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text) + "\"";
  }
}
