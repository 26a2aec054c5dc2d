package org.mlx4j.internal;

import java.lang.invoke.MethodHandles;
import org.mlx4j.MlxArray;

/**
 * Where {@code org.mlx4j} leaves its {@link ArrayAccess} for its other packages, and {@code
 * org.mlx4j.tree} its {@link TreeAccess}, in the manner of the JDK's class of the same name. This
 * class refers to no package's implementation, so nothing depends on which class is initialized
 * first.
 */
public final class SharedSecrets {
  private static volatile ArrayAccess arrays;

  private static volatile TreeAccess trees;

  private SharedSecrets() {}

  /**
   * Initializes a class that leaves its access here.
   *
   * @param lookup the caller's
   * @param owner the class
   */
  public static void initialize(MethodHandles.Lookup lookup, Class<?> owner) {
    try {
      lookup.ensureInitialized(owner);
    } catch (IllegalAccessException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /**
   * Leaves the access; the static initializer of {@link MlxArray} calls this.
   *
   * @param access the access
   */
  public static void setArrayAccess(ArrayAccess access) {
    arrays = access;
  }

  /**
   * Returns the access.
   *
   * @return the access
   * @throws IllegalStateException if {@link MlxArray} has not been initialized
   */
  public static ArrayAccess arrayAccess() {
    if (arrays == null) {
      throw new IllegalStateException("MlxArray has not been initialized");
    }
    return arrays;
  }

  /**
   * Leaves the access; the static initializer of {@code Trees} calls this.
   *
   * @param access the access
   */
  public static void setTreeAccess(TreeAccess access) {
    trees = access;
  }

  /**
   * Returns the access.
   *
   * @return the access
   * @throws IllegalStateException if {@code Trees} has not been initialized
   */
  public static TreeAccess treeAccess() {
    if (trees == null) {
      throw new IllegalStateException("Trees has not been initialized");
    }
    return trees;
  }
}
