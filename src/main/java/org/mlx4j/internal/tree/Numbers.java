package org.mlx4j.internal.tree;

import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.Objects;

/**
 * A Java array of primitive values, which are static. Arrays are mutable, so their elements are
 * copied and compared.
 */
final class Numbers implements Node {
  private final Object content;

  private Numbers(Object array) {
    content = copyOf(array);
  }

  static void flatten(Object value, Flattening into) {
    into.open(new Numbers(value));
    into.close();
  }

  private static Object copyOf(Object array) {
    int length = Array.getLength(array);
    Object copy = Array.newInstance(array.getClass().getComponentType(), length);
    System.arraycopy(array, 0, copy, 0, length);
    return copy;
  }

  @Override
  public int children() {
    return 0;
  }

  @Override
  public String segment(int child) {
    throw new IndexOutOfBoundsException(child);
  }

  @Override
  public String name(int child) {
    throw new IndexOutOfBoundsException(child);
  }

  @Override
  public Object rebuild(Rebuilding from) {
    return copyOf(content);
  }

  @Override
  public void match(Object other, Matching matching) {
    if (other == null || other.getClass() != content.getClass()) {
      throw matching.mismatch(other);
    }
  }

  @Override
  public String description() {
    return "a Java array of " + content.getClass().getComponentType();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Numbers numbers && Objects.deepEquals(content, numbers.content);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(new Object[] {content});
  }
}
