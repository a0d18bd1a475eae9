package dev.countersign.server.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.countersign.server.refusal.Refusal;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A problem document (RFC 9457 3.1); absent members are left out. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Problem(
    String type,
    String title,
    int status,
    String detail,
    @Nullable String pointer,
    @Nullable String serverTime,
    @Nullable String incident,
    @Nullable String requestId) {

  static final String MEDIA_TYPE = "application/problem+json";

  private static final ObjectMapper JSON = JsonMapper.builder().build();

  static Problem of(Refusal refusal, @Nullable String serverTime, @Nullable String requestId) {
    Refusal.Kind kind = refusal.kind();
    return new Problem(
        type(kind.slug()),
        kind.title(),
        kind.status(),
        refusal.detail(),
        refusal.pointer().orElse(null),
        serverTime,
        null,
        requestId);
  }

  static Problem incident(String incident, @Nullable String requestId) {
    return new Problem(
        type("internal"),
        "Fault of the server",
        500,
        "The server failed. Nothing that was not answered before can be relied on; ask again, and "
            + "tell the operator of this CA the incident number if it stays.",
        null,
        null,
        incident,
        requestId);
  }

  /** What the HTTP layer itself refuses, before any of our code has seen the request. */
  static Problem transport(int status, String detail, @Nullable String requestId) {
    return new Problem(
        type("http-" + status), "Not acceptable HTTP", status, detail, null, null, null, requestId);
  }

  static String type(String slug) {
    return "urn:countersign:problem:" + slug;
  }

  byte[] toJson() {
    try {
      return JSON.writeValueAsBytes(this);
    } catch (JsonProcessingException e) {
      return ("{\"type\":\"" + type + "\",\"status\":" + status + "}")
          .getBytes(StandardCharsets.UTF_8);
    }
  }
}
