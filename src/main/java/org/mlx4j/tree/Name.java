package org.mlx4j.tree;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The name that a component of a record has in files, in paths that filters are given, and in maps
 * of arrays.
 *
 * <p>Without this annotation, a component whose name begins with a lowercase letter is called as in
 * Python: {@code queryProj} is {@code query_proj}. Names that begin otherwise remain as they are.
 *
 * <pre>{@code
 * record Cell(@Name("Wx") MlxArray wx, MlxArray hiddenBias) {}
 *
 * Cell cell = new Cell(Ops.eye(2), Ops.zeros(2));
 * Set<String> names = Trees.flattenWithPaths(cell).keySet();       // Wx and hidden_bias
 * }</pre>
 *
 * <p>In Kotlin it marks the property of a data class that is a {@code @JvmRecord}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD})
public @interface Name {
  /**
   * Returns the name, which is not empty. It may contain periods, such as {@code attention.query}.
   *
   * @return the name
   */
  String value();
}
