package dev.countersign.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.countersign.pki.Json;

/**
 * Reads an authority's answers: doubled members are refused, members of a later version are passed over, and a text may be
 * as long as a revocation list.
 */
final class AnswerJson {
  static final ObjectMapper MAPPER =
      Json.MAPPER
          .copyWith(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(32)
                          .maxStringLength(Patience.DEFAULT.largestAnswer())
                          .build())
                  .build())
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private AnswerJson() {}
}
