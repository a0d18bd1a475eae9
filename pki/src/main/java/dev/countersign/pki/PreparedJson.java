package dev.countersign.pki;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.io.IOException;

/** A value whose JSON was written once, for the many documents that it is part of. */
@JsonSerialize(using = PreparedJson.Writer.class)
public final class PreparedJson {
  private final SerializedString text;

  private PreparedJson(String text) {
    this.text = new SerializedString(text);
  }

  public static PreparedJson of(Object value) {
    try {
      return new PreparedJson(Json.MAPPER.writeValueAsString(value));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("a value that is not JSON", e);
    }
  }

  @Override
  public String toString() {
    return text.getValue();
  }

  static final class Writer extends JsonSerializer<PreparedJson> {
    @Override
    public void serialize(PreparedJson value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeRawValue(value.text);
    }
  }
}
