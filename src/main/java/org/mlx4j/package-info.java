/**
 * MLX for the JVM: arrays, operations and composable function transforms.
 *
 * <h2>Where to start</h2>
 *
 * {@link org.mlx4j.MlxArray} is the array. Operations whose first argument is an array are its
 * methods ({@code x.sum(1)}); operations without one are in {@link org.mlx4j.Ops} and {@link
 * org.mlx4j.MlxRandom}. {@link org.mlx4j.Transforms} turns functions of arrays into other
 * functions: their gradients, their vectorized and their compiled forms.
 *
 * <pre>{@code
 * try (Scope scope = Scope.open()) {
 *   MlxArray v = MlxArray.of(1f, 2f, 3f);
 *   MlxArray gradient = Transforms.grad(u -> u.square().sum()).apply(v);   // [2, 4, 6]
 * }
 * }</pre>
 *
 * <h2>Lazy evaluation</h2>
 *
 * An operation adds a node to a graph and returns immediately. The graph is computed when a value
 * is read ({@code itemFloat()}, {@code toFloatArray()}, {@code copyTo}, {@code toString()}) or by
 * {@link org.mlx4j.Ops#eval}. Errors in shapes and dtypes are reported when an operation is called;
 * errors in the computation when its result is computed. A training loop evaluates once for each
 * step: parameters, optimizer state and loss together.
 *
 * <h2>Lifetime</h2>
 *
 * Arrays and transformed functions hold native memory. It is freed by {@code close()}, by the
 * {@link org.mlx4j.Scope} in which they were created, or, outside scopes, after garbage collection.
 * {@code Scope} explains who owns what, including inside transformed functions, in static
 * initializers, and in {@link org.mlx4j.Scope#detached(java.util.function.Supplier)}.
 *
 * <h2>Threads</h2>
 *
 * All classes may be used by any number of threads, including virtual threads, except that a {@code
 * Scope} or a {@code StreamScope} belongs to the thread that opened it. One thread at a time builds
 * graphs in native code, while any number compute. No lock is held while a user's function runs.
 *
 * <h2>Numbers</h2>
 *
 * A Java number beside an array takes the array's dtype, except that a {@code float} or {@code
 * double} beside an integer or bool array makes float32. Dtypes of two arrays are promoted as in
 * MLX. Negative axes count from the end.
 *
 * <h2>Errors</h2>
 *
 * The following exceptions are thrown by all classes, and their documentation does not repeat them
 * unless there is more to say:
 *
 * <ul>
 *   <li>{@link java.lang.NullPointerException} if an argument is null
 *   <li>{@link java.lang.IllegalStateException} if an array or function is closed, or is used on a
 *       thread that may not use it
 *   <li>{@link java.lang.IllegalArgumentException} if shapes, axes, dtypes or other arguments are
 *       invalid
 *   <li>{@link java.lang.IndexOutOfBoundsException} if a known index is out of range
 *   <li>{@link java.lang.OutOfMemoryError} if native memory does not suffice
 *   <li>{@link java.lang.StackOverflowError} if a graph is too deep to transform
 *   <li>{@link org.mlx4j.MlxException} for other errors that MLX reports
 * </ul>
 *
 * A message begins with the method that was called, as in {@code [matmul]}, and says what was given
 * and what is allowed. An exception that is thrown inside a function that a transform runs reaches
 * the caller as the same object. A call that is refused leaves no arrays and no functions behind.
 *
 * <p>With the system property {@code mlx4j.track} set to {@code true}, an exception about a closed
 * array or function has causes that show where it was closed and where it was created. This takes a
 * stack trace for each array, so use it only to find errors.
 */
@NullMarked
package org.mlx4j;

import org.jspecify.annotations.NullMarked;
