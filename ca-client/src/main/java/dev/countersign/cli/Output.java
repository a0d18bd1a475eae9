package dev.countersign.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.countersign.client.Printable;
import dev.countersign.pki.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a command says: data on stdout, as text or as JSON, and talk on stderr. */
final class Output {
  static final int JSON_VERSION = 1;

  private final PrintStream out;
  private final PrintStream err;
  private final boolean json;
  private final boolean quiet;
  private final boolean outColours;
  private final boolean errColours;

  Output(Surroundings surroundings, boolean json, boolean quiet) {
    this.out = surroundings.streams().out();
    this.err = surroundings.streams().err();
    this.json = json;
    this.quiet = quiet;
    boolean allowed =
        surroundings.variable("NO_COLOR").isEmpty()
            && !surroundings.variable("TERM").equals(Optional.of("dumb"));
    this.outColours = allowed && surroundings.streams().outIsTerminal();
    this.errColours = allowed && surroundings.streams().errIsTerminal();
  }

  boolean isJson() {
    return json;
  }

  /** One line of data. */
  void data(String line) {
    out.println(line);
  }

  /** Data that brings its own line ends. */
  void text(String text) {
    out.print(text);
  }

  void talk(String sentence) {
    if (!quiet) {
      err.println(sentence);
    }
  }

  void warn(String sentence) {
    if (!quiet) {
      err.println(
          (errColours ? "\u001b[33mwarning:\u001b[0m " : "warning: ") + Printable.line(sentence));
    }
  }

  /** Told even if quiet. */
  void error(ExitCode code, String sentence) {
    err.flush();
    if (json) {
      Map<String, Object> error = new LinkedHashMap<>();
      error.put("kind", code.label());
      error.put("message", sentence);
      error.put("exitCode", code.code());
      Map<String, Object> whole = new LinkedHashMap<>();
      whole.put("version", JSON_VERSION);
      whole.put("error", error);
      err.println(json(whole));
    } else {
      err.println((errColours ? "\u001b[31mcountersign:\u001b[0m " : "countersign: ") + sentence);
    }
  }

  /** A line of a log. */
  void event(String line, boolean important) {
    if (important || !quiet) {
      err.println(line);
      err.flush();
    }
  }

  /** The same as JSON. */
  void event(Map<String, ?> members, boolean important) {
    event(json(members), important);
  }

  /** The one JSON document of a command. */
  void document(String command, Map<String, ?> members) {
    Map<String, Object> whole = new LinkedHashMap<>();
    whole.put("version", JSON_VERSION);
    whole.put("command", command);
    whole.putAll(members);
    out.println(json(whole));
  }

  /** Names and values below each other; empty values are left out. */
  void facts(Map<String, ?> facts) {
    int width = facts.keySet().stream().mapToInt(String::length).max().orElse(0) + 2;
    facts.forEach(
        (name, value) -> {
          String text = cell(value);
          if (!text.isEmpty()) {
            String padded = name + ":" + " ".repeat(width - name.length() - 1);
            out.println((outColours ? "\u001b[1m" + padded + "\u001b[0m" : padded) + text);
          }
        });
  }

  void table(List<String> heads, List<? extends List<?>> rows) {
    if (rows.isEmpty()) {
      talk("(none)");
      return;
    }
    List<List<String>> cells = new ArrayList<>();
    rows.forEach(row -> cells.add(row.stream().map(Output::cell).toList()));
    int[] widths = new int[heads.size()];
    for (int i = 0; i < widths.length; i++) {
      int column = i;
      widths[i] =
          Math.max(
              heads.get(i).length(),
              cells.stream().mapToInt(r -> r.get(column).length()).max().orElse(0));
    }
    String head = line(heads, widths);
    out.println(outColours ? "\u001b[1m" + head + "\u001b[0m" : head);
    cells.forEach(row -> out.println(line(row, widths)));
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      line.append(row.get(i));
      if (i < row.size() - 1) {
        line.append(" ".repeat(widths[i] - row.get(i).length() + 2));
      }
    }
    return line.toString().stripTrailing();
  }

  private static String cell(Object value) {
    if (value instanceof Optional<?> optional) {
      return optional.isPresent() ? cell(optional.get()) : "";
    }
    if (value instanceof Iterable<?> many) {
      List<String> texts = new ArrayList<>();
      many.forEach(one -> texts.add(cell(one)));
      return String.join(", ", texts);
    }
    return Printable.line(String.valueOf(value));
  }

  static String json(Map<String, ?> document) {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = new JsonFactory().createGenerator(text)) {
      write(generator, document);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    return text.toString();
  }

  /** By hand for what is plain, so that the quick commands need not load the object mapper. */
  private static void write(JsonGenerator generator, Object value) throws IOException {
    if (value instanceof Map<?, ?> map) {
      generator.writeStartObject();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        if (entry.getValue() instanceof Optional<?> optional && optional.isEmpty()) {
          continue;
        }
        generator.writeFieldName(String.valueOf(entry.getKey()));
        write(generator, entry.getValue());
      }
      generator.writeEndObject();
    } else if (value instanceof Iterable<?> many && !(value instanceof java.nio.file.Path)) {
      generator.writeStartArray();
      for (Object one : many) {
        write(generator, one);
      }
      generator.writeEndArray();
    } else if (value instanceof Optional<?> optional) {
      write(generator, optional.orElseThrow());
    } else if (value instanceof Boolean bool) {
      generator.writeBoolean(bool);
    } else if (value instanceof Integer || value instanceof Long) {
      generator.writeNumber(((Number) value).longValue());
    } else if (value instanceof Record) {
      generator.writeRawValue(Json.MAPPER.writeValueAsString(value));
    } else {
      generator.writeString(value.toString());
    }
  }
}
