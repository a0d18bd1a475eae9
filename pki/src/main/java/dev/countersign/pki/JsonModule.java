package dev.countersign.pki;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.Deserializers;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.jsontype.TypeDeserializer;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.Serializers;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.databind.type.ReferenceType;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The few types of {@code java.time} and {@code java.util} that the wire has. */
final class JsonModule extends SimpleModule {
  private static final long serialVersionUID = 1L;

  JsonModule() {
    super("countersign");
    addSerializer(Instant.class, new InstantSerializer());
    addDeserializer(
        Instant.class,
        new TextDeserializer<>(
            Instant.class,
            "a time like 2026-11-24T05:00:00Z",
            text -> OffsetDateTime.parse(text).toInstant()));
    addSerializer(Duration.class, ToStringSerializer.instance);
    addDeserializer(
        Duration.class,
        new TextDeserializer<>(Duration.class, "a duration like PT1H", Duration::parse));
  }

  @Override
  public void setupModule(SetupContext context) {
    super.setupModule(context);
    context.addTypeModifier(new OptionalType());
    context.addSerializers(
        new Serializers.Base() {
          @Override
          public @Nullable JsonSerializer<?> findReferenceSerializer(
              SerializationConfig config,
              ReferenceType type,
              BeanDescription bean,
              @Nullable TypeSerializer contentTypeSerializer,
              @Nullable JsonSerializer<Object> contentSerializer) {
            return type.hasRawClass(Optional.class)
                ? new OptionalSerializer(type, true, contentTypeSerializer, contentSerializer)
                : null;
          }
        });
    context.addDeserializers(
        new Deserializers.Base() {
          @Override
          public @Nullable JsonDeserializer<?> findReferenceDeserializer(
              ReferenceType type,
              DeserializationConfig config,
              BeanDescription bean,
              @Nullable TypeDeserializer contentTypeDeserializer,
              @Nullable JsonDeserializer<?> contentDeserializer) {
            return type.hasRawClass(Optional.class)
                ? new OptionalDeserializer(type, contentTypeDeserializer, contentDeserializer)
                : null;
          }
        });
  }

  private static final class InstantSerializer extends JsonSerializer<Instant> {
    @Override
    public void serialize(Instant value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeString(value.toString());
    }
  }

  private static final class TextDeserializer<T> extends StdScalarDeserializer<T> {
    private static final long serialVersionUID = 1L;

    private final Class<T> type;
    private final String wanted;
    private final transient Function<String, T> parser;

    TextDeserializer(Class<T> type, String wanted, Function<String, T> parser) {
      super(type);
      this.type = type;
      this.wanted = wanted;
      this.parser = parser;
    }

    @Override
    @SuppressWarnings("unchecked")
    public T deserialize(JsonParser in, DeserializationContext context) throws IOException {
      if (!in.hasToken(JsonToken.VALUE_STRING)) {
        return (T) context.handleUnexpectedToken(type, in);
      }
      try {
        return parser.apply(in.getText());
      } catch (DateTimeException e) {
        return (T) context.handleWeirdStringValue(type, in.getText(), "this must be " + wanted);
      }
    }
  }
}
