package dev.countersign.server.config;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** Reads and writes {@code countersign.yaml}. */
public final class ConfigFile {
  private static final long MAXIMUM_SIZE = 1 << 20;

  private static final ObjectMapper YAML =
      JsonMapper.builder(
              YAMLFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                  .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                  .build())
          .addModule(new JavaTimeModule())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
          .build();

  private ConfigFile() {}

  /**
   * Reads a configuration.
   *
   * @param file the YAML file
   * @throws ConfigException when it is absent, unreadable, or says something it must not
   */
  public static Config read(Path file) {
    String text;
    try {
      if (Files.size(file) > MAXIMUM_SIZE) {
        throw new ConfigException(file + " is larger than 1 MiB; it cannot be a configuration");
      }
      text = Files.readString(file);
    } catch (IOException e) {
      throw new ConfigException(
          "cannot read " + file + " (" + reason(e) + "): check that it exists and is yours", e);
    }
    return parse(text, file.toString());
  }

  static Config parse(String text, String where) {
    if (text.lines().map(String::strip).allMatch(line -> line.isEmpty() || line.startsWith("#"))) {
      throw new ConfigException(where + " is empty: restore it from a backup");
    }
    try {
      return YAML.readValue(text, Config.class);
    } catch (UnrecognizedPropertyException e) {
      throw new ConfigException(
          where
              + ": unknown member '"
              + path(e)
              + "'"
              + line(e)
              + "; known here: "
              + e.getKnownPropertyIds().stream()
                  .map(String::valueOf)
                  .sorted()
                  .collect(Collectors.joining(", ")),
          e);
    } catch (JsonMappingException e) {
      Throwable cause = e.getCause();
      if (cause instanceof JsonParseException syntax) { // found while a member was being read
        throw notYaml(where, syntax);
      }
      String what =
          cause instanceof IllegalArgumentException
              ? String.valueOf(cause.getMessage())
              : WrongKind.said(e);
      String path = path(e);
      throw new ConfigException(
          where
              + ": "
              + (path.isEmpty() ? "" : path + ": ")
              + what
              + line(e)
              + ". Correct the file, then run the same command again.",
          e);
    } catch (JsonProcessingException e) {
      throw notYaml(where, e);
    }
  }

  /** The parser's words without its picture of the place, whose lines are indented. */
  private static ConfigException notYaml(String where, JsonProcessingException e) {
    String words =
        e.getOriginalMessage()
            .lines()
            .filter(line -> !line.isBlank() && !Character.isWhitespace(line.charAt(0)))
            .collect(Collectors.joining(", "));
    return new ConfigException(where + ": not YAML: " + words + line(e), e);
  }

  /** The text of a configuration file, with a head that says where to read on. */
  public static String text(Config config) {
    try {
      return """
          # Configuration of countersignd. Read once at start; unknown members are refused.
          # Durations are ISO 8601 (PT1H, P90D). Passwords never stand here: name a file instead.
          """
          + YAML.writeValueAsString(config);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a configuration that cannot be written", e);
    }
  }

  private static String path(JsonMappingException e) {
    StringBuilder path = new StringBuilder();
    for (JsonMappingException.Reference step : e.getPath()) {
      if (step.getFieldName() != null) {
        path.append(path.length() == 0 ? "" : ".").append(step.getFieldName());
      } else {
        path.append('[').append(step.getIndex()).append(']');
      }
    }
    return path.toString();
  }

  private static String line(JsonProcessingException e) {
    return e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ")";
  }

  private static String reason(IOException e) {
    return e instanceof java.nio.file.NoSuchFileException
        ? "it does not exist"
        : e instanceof java.nio.file.AccessDeniedException
            ? "permission denied"
            : String.valueOf(e.getMessage());
  }
}
