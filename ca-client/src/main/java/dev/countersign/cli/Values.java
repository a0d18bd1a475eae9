package dev.countersign.cli;

import dev.countersign.client.Answers.NameLists;
import dev.countersign.client.LocalFiles;
import dev.countersign.pki.RevocationReason;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How values are written on the command line. */
final class Values {
  private static final Pattern SHORT =
      Pattern.compile(
          "(?:([0-9]{1,6})w)?(?:([0-9]{1,6})d)?(?:([0-9]{1,6})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,9})s)?");

  private Values() {}

  /** {@code 90s}, {@code 15m}, {@code 1h30m}, {@code 7d}, {@code 2w} or ISO 8601. */
  static Duration duration(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    Matcher matcher = SHORT.matcher(lower);
    try {
      Duration duration;
      if (!lower.isEmpty() && matcher.matches()) {
        long[] seconds = {604_800, 86_400, 3_600, 60, 1};
        long sum = 0;
        for (int i = 0; i < seconds.length; i++) {
          String part = matcher.group(i + 1);
          sum += part == null ? 0 : Long.parseLong(part) * seconds[i];
        }
        duration = Duration.ofSeconds(sum);
      } else {
        duration = Duration.parse(text);
      }
      if (!duration.isNegative() && !duration.isZero()) {
        return duration;
      }
    } catch (DateTimeParseException e) {
      // told below
    }
    throw new TypeConversionException(
        "\"" + text + "\" is not a duration such as 30m, 1h, 7d or PT1H");
  }

  /**
   * An ISO 8601 duration as people say it, such as {@code 7d} or {@code 1d12h}; what is none stays
   * as it is.
   */
  static String spoken(String iso) {
    Duration duration;
    try {
      duration = Duration.parse(iso);
    } catch (DateTimeParseException e) {
      return iso;
    }
    if (duration.isNegative() || duration.isZero()) {
      return iso;
    }
    StringBuilder text = new StringBuilder();
    long[] parts = {
      duration.toDays(), duration.toHoursPart(), duration.toMinutesPart(), duration.toSecondsPart()
    };
    String units = "dhms";
    for (int i = 0; i < parts.length; i++) {
      if (parts[i] > 0) {
        text.append(parts[i]).append(units.charAt(i));
      }
    }
    return text.toString();
  }

  /** A time, a day, or so long from now or ago. */
  record Moment(Optional<Instant> fixed, Duration away) {
    Instant from(Instant now) {
      return fixed.orElseGet(() -> now.plus(away));
    }

    Instant before(Instant now) {
      return fixed.orElseGet(() -> now.minus(away));
    }
  }

  static final class MomentConverter implements ITypeConverter<Moment> {
    @Override
    public Moment convert(String text) {
      try {
        return at(OffsetDateTime.parse(text).toInstant());
      } catch (DateTimeParseException notATime) {
        try {
          return at(LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant());
        } catch (DateTimeParseException notADay) {
          try {
            return new Moment(Optional.empty(), duration(text));
          } catch (TypeConversionException e) {
            throw new TypeConversionException(
                "\"" + text + "\" is not a time such as 2026-12-01T00:00:00Z, 2026-12-01, or 30d");
          }
        }
      }
    }

    private static Moment at(Instant time) {
      return new Moment(Optional.of(time), Duration.ZERO);
    }
  }

  static final class DurationConverter implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String value) {
      return duration(value);
    }
  }

  static final class ReasonConverter implements ITypeConverter<RevocationReason> {
    @Override
    public RevocationReason convert(String value) {
      try {
        return RevocationReason.parse(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(
            "\"" + value + "\" is no reason such as keyCompromise, superseded or unspecified");
      }
    }
  }

  /** How many: at least one. */
  static final class CountConverter implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      try {
        int count = Integer.parseInt(value);
        if (count > 0) {
          return count;
        }
      } catch (NumberFormatException e) {
        // told below
      }
      throw new TypeConversionException(
          "\"" + value + "\" is not a whole number from 1 to " + Integer.MAX_VALUE);
    }
  }

  static final class UrlConverter implements ITypeConverter<URI> {
    @Override
    public URI convert(String value) {
      try {
        return dev.countersign.client.Endpoints.base(URI.create(value));
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }

  /** The options for names. */
  static final class NameOptions {
    @Option(names = "--dns", paramLabel = "NAME", description = "A DNS name; may be repeated.")
    List<String> dns = List.of();

    @Option(names = "--ip", paramLabel = "ADDRESS", description = "An IP address; may be repeated.")
    List<String> ip = List.of();

    @Option(names = "--uri", paramLabel = "URI", description = "A URI; may be repeated.")
    List<String> uri = List.of();

    @Option(
        names = "--email",
        paramLabel = "ADDRESS",
        description = "An e-mail address; may be repeated.")
    List<String> email = List.of();

    Optional<NameLists> names() {
      NameLists lists = NameLists.of(dns, ip, uri, email);
      return lists.all().isEmpty() ? Optional.empty() : Optional.of(lists);
    }
  }

  /** A file, or stdin for {@code -}. */
  static byte[] read(String name, Surroundings surroundings, String doing) {
    Path path = Path.of(name);
    try {
      return name.equals("-")
          ? surroundings.streams().in().readNBytes(MOST_BYTES)
          : read(path, MOST_BYTES);
    } catch (IOException e) {
      throw LocalFiles.failure(doing, path, e);
    }
  }

  private static final int MOST_BYTES = 64 << 20;
  private static final int MOST_OF_A_LINE = 1 << 20;

  /** It may be a pipe, whose size nobody knows before. */
  private static byte[] read(Path path, int most) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] content = in.readNBytes(most + 1);
      if (content.length > most) {
        throw new IOException("it is larger than " + (most >> 20) + " MiB");
      }
      return content;
    }
  }

  /** A file with one line of text. */
  static String line(Path file, String doing) {
    try {
      return new String(read(file, MOST_OF_A_LINE), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw LocalFiles.failure(doing, file, e);
    }
  }

  /** The first line of a file that holds a secret. */
  static char[] secret(Path file) {
    String text = line(file, "read the password");
    int end = text.indexOf('\n');
    return (end < 0 ? text : text.substring(0, end)).stripTrailing().toCharArray();
  }
}
