package org.mlx4j.spring;

import java.nio.file.Path;
import org.mlx4j.MlxArray;
import org.mlx4j.Scope;
import org.mlx4j.tree.Trees;

/** A model of one input: {@code slope * x + offset}. */
record Line(MlxArray slope, MlxArray offset) {
  static Line of(float slope, float offset) {
    return new Line(MlxArray.scalar(slope), MlxArray.scalar(offset));
  }

  /** What a template looks like: other numbers in the same places. */
  static Line template() {
    return of(0, 0);
  }

  static Path saved(Path file, float slope, float offset) {
    Scope.run(() -> Trees.save(file, of(slope, offset)));
    return file;
  }

  MlxArray apply(MlxArray x) {
    return slope.multiply(x).add(offset);
  }
}
