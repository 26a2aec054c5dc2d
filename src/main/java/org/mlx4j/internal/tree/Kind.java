package org.mlx4j.internal.tree;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.mlx4j.MlxArray;

/** How the values of a class become part of a tree. */
interface Kind {
  void flatten(Object value, Flattening into);

  /** Everything that holds no arrays as far as a tree knows: it travels unchanged. */
  Kind STATIC = (value, into) -> into.addStatic(value);

  /** Collections whose elements have no places of their own are no trees. */
  Kind COLLECTION =
      (value, into) -> {
        if (into.looksForArrays()) {
          for (Object element : (Collection<?>) value) {
            if (element instanceof MlxArray) {
              throw into.error(
                  "a "
                      + value.getClass().getName()
                      + " holds arrays, whose places in it are not known; use a List or a Map");
            }
          }
        }
        into.addStatic(value);
      };

  /** Looked up for every node of every tree, so it is kept with the class. */
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
   * The kind of a class.
   *
   * @throws UnusableTypeException if it is a record that cannot be read or made
   */
  static Kind of(Class<?> type) {
    return OF_CLASS.get(type);
  }
}
