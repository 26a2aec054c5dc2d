package org.mlx4j.internal.tree;

import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.mlx4j.Index;
import org.mlx4j.MlxArray;

/**
 * A class that is not a record and whose fields may hold arrays. It is refused, because arrays in
 * static values are constants: they have no gradients, and a compiled function does not notice when
 * they change.
 */
final class PlainClass implements Kind {
  private final Class<?> type;

  private PlainClass(Class<?> type) {
    this.type = type;
  }

  /** Returns the kind of a class of which trees know nothing. */
  static Kind of(Class<?> type) {
    return mayHoldArrays(type, new HashSet<>()) ? new PlainClass(type) : STATIC;
  }

  @Override
  public void flatten(Object value, Flattening into) {
    if (into.looksForArrays()) {
      throw into.error(
          "the class "
              + type.getName()
              + " is not a record, so the arrays in its fields would not be seen; make it a record"
              + " (in Kotlin, annotate the data class with @JvmRecord), or pass its arrays in a"
              + " List or a Map");
    }
    into.addStatic(value);
  }

  /** Tells whether a field is declared to hold arrays, directly or through fields of its type. */
  private static boolean mayHoldArrays(Class<?> type, Set<Class<?>> seen) {
    if (type == MlxArray.class) {
      return true;
    }
    if (type.isArray()) {
      return mayHoldArrays(type.getComponentType(), seen);
    }
    if (!mayBeOfUsers(type) || !seen.add(type)) {
      return false;
    }
    for (Class<?> declaring = type; declaring != null; declaring = declaring.getSuperclass()) {
      if (mayBeOfUsers(declaring)) {
        for (Field field : declaring.getDeclaredFields()) {
          if (!Modifier.isStatic(field.getModifiers())
              && !field.isSynthetic()
              && mayHoldArrays(field.getGenericType(), seen)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private static boolean mayHoldArrays(Type type, Set<Class<?>> seen) {
    if (type instanceof Class<?> c) {
      return mayHoldArrays(c, seen);
    }
    if (type instanceof GenericArrayType array) {
      return mayHoldArrays(array.getGenericComponentType(), seen);
    }
    if (type instanceof WildcardType wildcard) {
      return mayHoldArrays(wildcard.getUpperBounds()[0], seen);
    }
    if (type instanceof ParameterizedType parameterized) {
      if (mayHoldArrays(parameterized.getRawType(), seen)) {
        return true;
      }
      // type arguments of others, such as functions, tell nothing about fields
      if (parameterized.getRawType() instanceof Class<?> raw && isContainer(raw)) {
        for (Type argument : parameterized.getActualTypeArguments()) {
          if (mayHoldArrays(argument, seen)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private static boolean isContainer(Class<?> raw) {
    return Collection.class.isAssignableFrom(raw)
        || Map.class.isAssignableFrom(raw)
        || raw == Optional.class;
  }

  /** Excludes the JDK and this library, and lambdas, whose fields are what they capture. */
  private static boolean mayBeOfUsers(Class<?> type) {
    return !type.isPrimitive()
        && !type.isEnum()
        && !type.isInterface()
        && !type.isHidden()
        && !type.getName().startsWith("java.")
        && !type.getName().startsWith("org.mlx4j.internal.")
        && type != Index.class; // its arrays never change
  }
}
