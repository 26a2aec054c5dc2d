package org.mlx4j.internal.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedList;
import java.util.List;

/** A list. The JDK's array lists and linked lists are rebuilt as such, others as unmodifiable. */
record ListShape(Form form, int size) implements NumberedNode {
  enum Form {
    UNMODIFIABLE,
    ARRAY_LIST,
    LINKED_LIST;

    static Form of(Object list) {
      if (list instanceof ArrayList) {
        return ARRAY_LIST;
      }
      return list instanceof LinkedList ? LINKED_LIST : UNMODIFIABLE;
    }
  }

  static void flatten(Object value, Flattening into) {
    Object[] elements =
        ((List<?>) value).toArray(); // a snapshot: another thread may change the list
    into.add(new ListShape(Form.of(value), elements.length), elements);
  }

  @Override
  public int children() {
    return size;
  }

  @Override
  @SuppressWarnings("JdkObsolete") // the user chose it
  public Object rebuild(Rebuilding from) {
    List<Object> list = Arrays.asList(from.next(new Object[size]));
    return switch (form) {
      case UNMODIFIABLE -> Collections.unmodifiableList(list);
      case ARRAY_LIST -> new ArrayList<>(list);
      case LINKED_LIST -> new LinkedList<>(list);
    };
  }

  @Override
  public void match(Object other, Matching matching) {
    Object[] elements = other instanceof List<?> list ? list.toArray() : null;
    if (elements == null || elements.length != size) {
      throw matching.mismatch(other);
    }
    matching.all(elements);
  }

  @Override
  public String description() {
    return "a list of " + size;
  }
}
