package dev.countersign.server.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import dev.countersign.pki.Json;
import dev.countersign.server.refusal.Refusal;
import dev.countersign.server.refusal.Refusal.Kind;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A JSON body, read strictly: unknown, doubled and wrongly typed members are refused with a pointer
 * (RFC 6901) to the member that is meant.
 */
public final class JsonBody {
  public static final String JSON = "application/json";
  public static final String JOSE_JSON = "application/jose+json";

  private JsonBody() {}

  /** The media type of the body without its parameters, lower case; empty when none is given. */
  public static String mediaType(Call call) {
    String header = call.header("Content-Type");
    if (header == null) {
      return "";
    }
    int parameters = header.indexOf(';');
    return (parameters < 0 ? header : header.substring(0, parameters))
        .trim()
        .toLowerCase(Locale.ROOT);
  }

  public static <T> T read(Call call, Class<T> type) {
    return read(call, JSON, type);
  }

  /**
   * Reads the body of a request.
   *
   * @param mediaType the only one that is read here
   */
  public static <T> T read(Call call, String mediaType, Class<T> type) {
    if (!mediaType(call).equals(mediaType)) {
      throw unsupported(mediaType);
    }
    return parse(call.body(), type);
  }

  public static Refusal unsupported(String... accepted) {
    return new Refusal(
        Kind.UNSUPPORTED_MEDIA_TYPE,
        "Send the body with Content-Type: " + String.join(" or ", accepted) + ".");
  }

  public static <T> T parse(byte[] json, Class<T> type) {
    JsonNode tree;
    try (JsonParser parser = Json.MAPPER.createParser(json)) {
      tree = Json.MAPPER.readTree(parser);
      if (tree == null || tree.isMissingNode()) {
        throw Refusal.at(Kind.MALFORMED, "", "The body is empty; a JSON object is expected.");
      }
    } catch (JsonProcessingException e) {
      throw Refusal.at(Kind.MALFORMED, pointer(e), JsonComplaint.unreadable(e));
    } catch (IOException e) {
      throw Refusal.at(Kind.MALFORMED, "", "The body could not be read: send it again.");
    }
    if (!tree.isObject()) {
      throw Refusal.at(Kind.MALFORMED, "", "Expected is a JSON object.");
    }
    nullMember(tree, "")
        .ifPresent(
            pointer -> {
              throw Refusal.at(
                  Kind.MALFORMED, pointer, "null is not a value here; leave the member out.");
            });
    try {
      return Json.MAPPER.treeToValue(tree, type);
    } catch (UnrecognizedPropertyException e) {
      throw Refusal.at(
          Kind.MALFORMED,
          pointer(e),
          "There is no member '" + printable(e.getPropertyName()) + "' here.");
    } catch (JsonProcessingException e) {
      Refusal inner = inner(e);
      if (inner != null) {
        throw inner;
      }
      throw Refusal.at(Kind.MALFORMED, pointer(e), JsonComplaint.unfit(e, tree.at(pointer(e))));
    }
  }

  /** The member's value, which the schema requires. */
  public static <T> T required(@Nullable T value, String pointer) {
    if (value == null) {
      throw Refusal.at(Kind.MALFORMED, pointer, "This member is required.");
    }
    return value;
  }

  private static @Nullable Refusal inner(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof Refusal refusal) {
        return refusal;
      }
    }
    return null;
  }

  private static Optional<String> nullMember(JsonNode node, String pointer) {
    if (node.isNull()) {
      return Optional.of(pointer);
    }
    if (node.isObject()) {
      for (Map.Entry<String, JsonNode> member : node.properties()) {
        Optional<String> found =
            nullMember(member.getValue(), pointer + "/" + escaped(member.getKey()));
        if (found.isPresent()) {
          return found;
        }
      }
    }
    if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        Optional<String> found = nullMember(node.get(i), pointer + "/" + i);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  private static String pointer(JsonProcessingException e) {
    if (e instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
      StringBuilder pointer = new StringBuilder();
      for (JsonMappingException.Reference step : mapping.getPath()) {
        pointer
            .append('/')
            .append(step.getFieldName() == null ? step.getIndex() : escaped(step.getFieldName()));
      }
      return pointer.toString();
    }
    if (e.getProcessor() instanceof JsonParser parser) {
      JsonPointer pointer = parser.getParsingContext().pathAsPointer();
      return pointer.toString();
    }
    return "";
  }

  // RFC 6901 3
  private static String escaped(String name) {
    return printable(name).replace("~", "~0").replace("/", "~1");
  }

  private static String printable(String text) {
    return LogText.printable(text);
  }
}
