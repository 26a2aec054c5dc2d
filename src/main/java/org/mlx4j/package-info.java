/**
 * MLX for the JVM: arrays, operations and composable function transformations.
 *
 * <h2>Where to start</h2>
 *
 * {@link org.mlx4j.MlxArray} is the array. What has an array first is its method ({@code
 * x.sum(1)}); what has none is in {@link org.mlx4j.Ops} and {@link org.mlx4j.MlxRandom}. {@link
 * org.mlx4j.Transforms} turns functions over arrays into others: gradients, vectorised and compiled
 * forms.
 *
 * <h2>Lazy evaluation</h2>
 *
 * An operation adds a node to a graph and returns at once; it is computed when a value is asked for
 * ({@code itemFloat()}, {@code toFloatArray()}, {@code copyTo}, {@code toString()}) or by {@link
 * org.mlx4j.Ops#eval}. Errors in shapes and dtypes show when an operation is called, errors in
 * computing when its result is computed. A training loop evaluates once for each step: parameters,
 * optimizer state and loss together.
 *
 * <h2>Lifetime</h2>
 *
 * Arrays and transformed functions hold native memory. They are freed by {@code close()}, by the
 * {@link org.mlx4j.Scope} in which they were made, or, outside scopes, after garbage collection. A
 * function that a transform runs has a scope of its own. What the static initializer of a class
 * makes belongs to no scope that was opened before it began; {@link
 * org.mlx4j.Scope#detached(java.util.function.Supplier)} does the same for caches and other values
 * that outlive the place where they are first needed. Freeing an array never disturbs a graph that
 * still needs its value.
 *
 * <h2>Threads</h2>
 *
 * All classes may be used by any number of threads, virtual threads included, except that a {@code
 * Scope} or a {@code StreamScope} belongs to the thread that opened it. Native code lets one thread
 * build at a time and any number compute; it holds no lock while a function of the user runs.
 *
 * <h2>Numbers</h2>
 *
 * A Java number beside an array takes the array's dtype; a {@code float} or {@code double} beside
 * an integer or bool array makes float32. Dtypes of two arrays are promoted as MLX does. Axes count
 * from the end when negative.
 *
 * <h2>Errors</h2>
 *
 * {@link java.lang.IllegalArgumentException} for what cannot be right (shapes, axes, dtypes),
 * {@link java.lang.IllegalStateException} for something closed or used on the wrong thread, {@link
 * java.lang.IndexOutOfBoundsException} for an index, {@link java.lang.NullPointerException} for
 * null, {@link java.lang.OutOfMemoryError} when native memory is not enough, {@link
 * java.lang.StackOverflowError} for a graph too deep to transform, {@link org.mlx4j.MlxException}
 * for what MLX reports otherwise. A message begins with the method that was called, as in {@code
 * [matmul]}, and says what was given and what is allowed. What was thrown inside a function that a
 * transform runs comes out as the same object.
 *
 * <p>A call that is refused leaves no arrays and no functions behind.
 *
 * <p>With the system property {@code mlx4j.track} set to {@code true} the exception about a closed
 * array or function has as its cause the place where it was closed, and as the cause of that the
 * place where it was made. This takes a stack trace for each array, so it is for finding errors.
 * Without it nothing is recorded.
 */
package org.mlx4j;
