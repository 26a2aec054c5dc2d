package org.mlx4j.internal.tree;

import java.lang.reflect.Array;

/** A Java array of objects. */
record ArrayShape(Class<?> component, int length) implements Node {
  static void flatten(Object value, Flattening into) {
    Object[] array = (Object[]) value;
    into.open(new ArrayShape(array.getClass().getComponentType(), array.length));
    for (Object element : array) {
      into.add(element);
    }
    into.close();
  }

  @Override
  public int children() {
    return length;
  }

  @Override
  public String segment(int child) {
    return "[" + child + "]";
  }

  @Override
  public Object rebuild(Rebuilding from) {
    Object[] array = (Object[]) Array.newInstance(component, length);
    for (int i = 0; i < length; i++) {
      array[i] = from.next();
    }
    return array;
  }

  @Override
  public void match(Object other, Matching matching) {
    if (!(other instanceof Object[] array) || array.length != length) {
      throw matching.mismatch(other);
    }
    for (Object element : array) {
      matching.next(element);
    }
  }

  @Override
  public String description() {
    return "a Java array of " + length;
  }
}
