package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.pki.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/** Runs the command line in this process, in surroundings of the test's choice. */
final class CliRun {
  private static final Manual MANUAL = new Manual();

  /** What came of it. */
  record Result(int code, String out, String err) {
    Result ends(int expected) {
      assertThat(code).as("exit code; stdout: %s stderr: %s", out, err).isEqualTo(expected);
      return this;
    }

    /** The document, which is as the manual says. */
    JsonNode json() {
      JsonNode document = parse(out);
      MANUAL.describes(document);
      return document;
    }

    JsonNode jsonError() {
      return parse(err.lines().filter(l -> l.startsWith("{")).findFirst().orElse(err)).get("error");
    }

    private static JsonNode parse(String text) {
      try {
        JsonNode json = Json.MAPPER.readTree(text);
        assertThat(json.get("version").intValue()).isEqualTo(1);
        return json;
      } catch (IOException e) {
        throw new AssertionError("no JSON: " + text, e);
      }
    }
  }

  private final Map<String, String> environment = new HashMap<>();
  private final InstantSource clock;
  private final Path home;
  private byte[] in = new byte[0];
  private boolean terminal;
  final ByteArrayOutputStream err = new ByteArrayOutputStream();

  CliRun(InstantSource clock, Path home) {
    this.clock = clock;
    this.home = home;
  }

  CliRun with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  CliRun stdin(String text) {
    return stdin(text.getBytes(StandardCharsets.UTF_8));
  }

  CliRun stdin(byte[] bytes) {
    in = bytes;
    return this;
  }

  CliRun onTerminal() {
    terminal = true;
    return this;
  }

  Result run(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    err.reset();
    Surroundings surroundings =
        new Surroundings(
            environment,
            new Surroundings.Streams(
                new ByteArrayInputStream(in),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                terminal,
                terminal),
            clock,
            new SecureRandom(),
            home,
            false);
    int code = new Cli(surroundings).run(arguments);
    return new Result(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
