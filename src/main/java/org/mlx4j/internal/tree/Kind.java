package org.mlx4j.internal.tree;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.mlx4j.MlxArray;

/** The way in which values of a class become part of a tree. */
interface Kind {
  void flatten(Object value, Flattening into);

  /** Values without arrays, which are kept unchanged. */
  Kind STATIC = (value, into) -> into.addStatic(value);

  /** Collections other than lists and maps: their elements have no fixed places. */
  Kind COLLECTION =
      (value, into) -> {
        if (into.looksForArrays()) {
          for (Object element : (Collection<?>) value) {
            if (element instanceof MlxArray) {
              throw into.error(
                  "a "
                      + value.getClass().getName()
                      + " holds arrays without fixed places; use a List or a Map");
            }
          }
        }
        into.addStatic(value);
      };

  /** Cached with the class, since it is looked up for every node of every tree. */
  ClassValue<Kind> OF_CLASS =
      new ClassValue<>() {
        @Override
        protected Kind computeValue(Class<?> type) {
          if (type.isRecord()) {
            return RecordShape.of(type);
          }
          if (type.isArray()) {
            return type.getComponentType().isPrimitive() ? Numbers::flatten : ArrayShape::flatten;
          }
          if (List.class.isAssignableFrom(type)) {
            return ListShape::flatten;
          }
          if (Map.class.isAssignableFrom(type)) {
            return MapShape::flatten;
          }
          if (type == Optional.class) {
            return OptionalShape::flatten;
          }
          return Collection.class.isAssignableFrom(type) ? COLLECTION : PlainClass.of(type);
        }
      };

  /**
   * Returns the kind of a class.
   *
   * @throws UnusableTypeException if it is a record whose components or constructor are not
   *     accessible
   */
  static Kind of(Class<?> type) {
    return OF_CLASS.get(type);
  }
}
