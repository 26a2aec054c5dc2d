package org.mlx4j.tree;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a component of a record whose arrays are not trained, such as running statistics.
 *
 * <p>{@link org.mlx4j.nn.Nn#valueAndGrad(java.util.function.Function) Nn.valueAndGrad} returns null
 * in place of their gradients, and the optimizers of {@code org.mlx4j.optimizers} leave them as
 * they are. The mark holds for everything inside the component. {@link Trees#grad} and the other
 * transforms of {@link Trees} ignore it.
 *
 * <pre>{@code
 * record Centered(@NotTrained MlxArray mean, MlxArray weight) {}
 *
 * Centered model = new Centered(Ops.ones(3), Ops.full(new int[] {3}, 2f));
 * try (var lossAndGrad = Nn.valueAndGrad((Centered m) -> m.weight().multiply(m.mean()).sum())) {
 *   Centered gradient = lossAndGrad.apply(model).grad();             // its mean is null
 * }
 * }</pre>
 *
 * <p>To choose at run time what is trained, use {@link Trees#partition}.
 *
 * <p>In Kotlin it marks the property of a data class that is a {@code @JvmRecord}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD})
public @interface NotTrained {}
