package dev.countersign.server.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.countersign.pki.Json;
import java.nio.charset.StandardCharsets;

/** Bodies of answers. */
public final class Answers {
  private Answers() {}

  public static void json(Call call, int status, Object value) {
    call.status(status).contentType("application/json").result(bytes(value));
  }

  public static byte[] bytes(Object value) {
    try {
      return Json.MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer that is not JSON", e);
    }
  }

  public static void pem(Call call, String pem) {
    call.contentType("application/x-pem-file").result(pem.getBytes(StandardCharsets.US_ASCII));
  }
}
