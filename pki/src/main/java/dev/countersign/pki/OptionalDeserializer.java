package dev.countersign.pki;

import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.deser.std.ReferenceTypeDeserializer;
import com.fasterxml.jackson.databind.jsontype.TypeDeserializer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads an {@link Optional}: absent and null are empty. */
final class OptionalDeserializer extends ReferenceTypeDeserializer<Optional<?>> {
  private static final long serialVersionUID = 1L;

  OptionalDeserializer(
      JavaType type,
      @Nullable TypeDeserializer typeDeserializer,
      @Nullable JsonDeserializer<?> deserializer) {
    super(type, null, typeDeserializer, deserializer);
  }

  @Override
  protected ReferenceTypeDeserializer<Optional<?>> withResolved(
      TypeDeserializer typeDeserializer, JsonDeserializer<?> valueDeserializer) {
    return new OptionalDeserializer(_fullType, typeDeserializer, valueDeserializer);
  }

  @Override
  public Optional<?> getNullValue(DeserializationContext context) {
    return Optional.empty();
  }

  @Override
  public Object getAbsentValue(DeserializationContext context) {
    return Optional.empty();
  }

  @Override
  public Object getEmptyValue(DeserializationContext context) {
    return Optional.empty();
  }

  @Override
  public Optional<?> referenceValue(Object contents) {
    return Optional.ofNullable(contents);
  }

  @Override
  public Optional<?> updateReference(Optional<?> reference, Object contents) {
    return Optional.ofNullable(contents);
  }

  @Override
  public @Nullable Object getReferenced(Optional<?> reference) {
    return reference.orElse(null);
  }
}
