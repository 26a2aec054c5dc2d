/**
 * MLX, the array framework with composable function transforms, for Java.
 *
 * <p>Start Java with {@code --enable-native-access=org.mlx4j,org.bytedeco.javacpp}, or on the class
 * path with {@code --enable-native-access=ALL-UNNAMED}, so that it does not warn about native code.
 */
module org.mlx4j {
  requires com.fasterxml.jackson.core;
  requires org.bytedeco.javacpp;
  requires static org.jspecify;

  exports org.mlx4j;
  exports org.mlx4j.nn;
  exports org.mlx4j.optimizers;
  exports org.mlx4j.training;
  exports org.mlx4j.tree;
}
