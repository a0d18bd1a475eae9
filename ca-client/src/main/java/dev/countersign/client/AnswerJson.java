package dev.countersign.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.countersign.pki.Json;
import java.io.IOException;

/**
 * Reads an authority's answers: doubled members are refused, members of a later version are passed
 * over, and a text may be as long as a revocation list.
 */
final class AnswerJson {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(32)
                  .maxStringLength(Patience.DEFAULT.largestAnswer())
                  .build())
          .build();

  private AnswerJson() {}

  /** Missing if there is nothing. */
  static JsonNode tree(byte[] body) throws IOException {
    try (JsonParser parser = FACTORY.createParser(body)) {
      JsonNode tree = Json.MAPPER.readTree(parser);
      if (parser.nextToken() != null) {
        throw new IOException("there is more after the JSON");
      }
      return tree == null ? MissingNode.getInstance() : tree;
    }
  }

  static <T> T bind(JsonNode json, TypeReference<T> type) throws IOException {
    return Json.MAPPER
        .readerFor(type)
        .without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .readValue(json);
  }
}
