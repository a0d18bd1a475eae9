package dev.countersign.pki;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.type.ReferenceType;
import com.fasterxml.jackson.databind.type.TypeBindings;
import com.fasterxml.jackson.databind.type.TypeFactory;
import com.fasterxml.jackson.databind.type.TypeModifier;
import java.lang.reflect.Type;
import java.util.Optional;

/** Tells Jackson that an {@link Optional} refers to its value. */
final class OptionalType extends TypeModifier {
  @Override
  public JavaType modifyType(
      JavaType type, Type jdkType, TypeBindings context, TypeFactory factory) {
    if (type.isReferenceType() || !type.hasRawClass(Optional.class)) {
      return type;
    }
    return ReferenceType.upgradeFrom(type, type.containedTypeOrUnknown(0));
  }
}
