package org.mlx4j.internal.tree;

import java.lang.reflect.Array;

/** A Java array of objects. */
record ArrayShape(Class<?> component, int length) implements NumberedNode {
  static void flatten(Object value, Flattening into) {
    Object[] array = (Object[]) value;
    into.add(new ArrayShape(array.getClass().getComponentType(), array.length), array);
  }

  @Override
  public int children() {
    return length;
  }

  @Override
  public Object rebuild(Rebuilding from) {
    return from.next((Object[]) Array.newInstance(component, length));
  }

  @Override
  public void match(Object other, Matching matching) {
    if (!(other instanceof Object[] array) || array.length != length) {
      throw matching.mismatch(other);
    }
    matching.all(array);
  }

  @Override
  public String description() {
    return "a Java array of " + length;
  }
}
