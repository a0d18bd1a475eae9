package dev.countersign.server.http;

import dev.countersign.pki.SerialNumber;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Query and path parameters, read as strictly as bodies. */
public final class Parameters {
  private static final Pattern SERIAL = Pattern.compile("[0-9A-Fa-f]{1,40}");
  private static final Pattern KEY_HASH = Pattern.compile("[0-9A-Fa-f]{64}");
  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,18}");

  private static final Pattern WAIT = Pattern.compile("([0-9]|[1-5][0-9]|60)s");

  private Parameters() {}

  /** Refuses parameters that this call does not have, and those given twice. */
  public static void only(Call call, Set<String> known) {
    for (Map.Entry<String, List<String>> parameter : call.queryParamMap().entrySet()) {
      if (!known.contains(parameter.getKey())) {
        throw malformed(
            "There is no parameter '"
                + LogText.printable(parameter.getKey())
                + "' here; known are "
                + String.join(", ", known.stream().sorted().toList())
                + ".");
      }
      if (parameter.getValue().size() != 1) {
        throw malformed("The parameter '" + parameter.getKey() + "' is given more than once.");
      }
    }
  }

  public static Optional<String> text(Call call, String name, int maximum) {
    Optional<String> value = Optional.ofNullable(call.queryParam(name));
    value.ifPresent(
        text -> {
          if (text.isEmpty() || text.length() > maximum) {
            throw malformed(name + " must have 1 to " + maximum + " characters.");
          }
        });
    return value;
  }

  public static int limit(Call call) {
    OptionalLong limit = number(call, "limit");
    if (limit.isEmpty()) {
      return 100;
    }
    if (limit.getAsLong() < 1 || limit.getAsLong() > 1000) {
      throw malformed("limit must be 1 to 1000.");
    }
    return (int) limit.getAsLong();
  }

  public static Optional<String> cursor(Call call) {
    return text(call, "cursor", 512);
  }

  public static OptionalLong number(Call call, String name) {
    String value = call.queryParam(name);
    if (value == null) {
      return OptionalLong.empty();
    }
    if (!DIGITS.matcher(value).matches()) {
      throw malformed(name + " must be a whole number, 0 or greater.");
    }
    return OptionalLong.of(Long.parseLong(value));
  }

  /** How long a caller will wait for news. */
  public static Optional<Duration> wait(Call call) {
    return text(call, "wait", 3)
        .map(
            value -> {
              Matcher seconds = WAIT.matcher(value);
              if (!seconds.matches()) {
                throw malformed("wait must be 0s to 60s, in whole seconds.");
              }
              return Duration.ofSeconds(Long.parseLong(seconds.group(1)));
            });
  }

  public static Optional<Instant> time(Call call, String name) {
    return text(call, name, 64).map(value -> instant(value, name));
  }

  public static Optional<SerialNumber> serial(Call call) {
    return text(call, "serial", 40).map(Parameters::serial);
  }

  public static SerialNumber serialInPath(Call call) {
    return serial(call.pathParam("serial"));
  }

  public static Optional<String> keyHash(Call call) {
    return text(call, "keyHash", 64)
        .map(
            value -> {
              if (!KEY_HASH.matcher(value).matches()) {
                throw malformed("keyHash must be 64 hexadecimal digits.");
              }
              return value.toLowerCase(Locale.ROOT);
            });
  }

  /** One of the words that {@code parse} knows; it throws IllegalArgumentException for others. */
  public static <T> Optional<T> word(Call call, String name, Function<String, T> parse) {
    return text(call, name, 64)
        .map(
            value -> {
              try {
                return parse.apply(value);
              } catch (IllegalArgumentException e) {
                throw malformed(name + ": " + LogText.printable(e.getMessage()));
              }
            });
  }

  private static SerialNumber serial(String value) {
    if (!SERIAL.matcher(value).matches()) {
      throw malformed("A serial number is 1 to 40 hexadecimal digits.");
    }
    return SerialNumber.parse(value);
  }

  private static Instant instant(String value, String name) {
    try {
      return OffsetDateTime.parse(value).toInstant();
    } catch (DateTimeException e) {
      throw malformed(name + " must be a time such as 2026-11-24T12:00:00Z.");
    }
  }

  private static Refusal malformed(String detail) {
    return new Refusal(Kind.MALFORMED, detail);
  }
}
