package org.mlx4j.operations;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.mlx4j.DType;

/**
 * The dtypes with which rows of the table are tried; the first of a list is the one that is
 * differentiated.
 */
final class DTypes {
  static final List<DType> FLOATING =
      List.of(DType.FLOAT32, DType.FLOAT64, DType.FLOAT16, DType.BFLOAT16);
  static final List<DType> INTEGER =
      Arrays.stream(DType.values()).filter(DType::isInteger).toList();
  static final List<DType> REAL =
      Stream.of(FLOATING, INTEGER, List.of(DType.BOOL)).flatMap(List::stream).toList();
  static final List<DType> ALL = Stream.concat(REAL.stream(), Stream.of(DType.COMPLEX64)).toList();

  static final List<DType> INEXACT =
      Stream.concat(FLOATING.stream(), Stream.of(DType.COMPLEX64)).toList();
  static final List<DType> BITS =
      Stream.of(List.of(DType.INT32, DType.BOOL), INTEGER)
          .flatMap(List::stream)
          .distinct()
          .toList();

  private DTypes() {}

  /** The name of a dtype in Python. */
  static String python(DType dtype) {
    return dtype == DType.BOOL ? "mx.bool_" : "mx." + dtype;
  }
}
