package org.mlx4j.internal;

/** The names of the C++ adapters (handles.h) that convert arguments and results of natives. */
final class Adapters {
  /** An array, for calls that never release the entry lock. */
  static final String IN = "mlx4j::in";

  /** An array to reduce, for calls that never release the entry lock. */
  static final String REDUCED = "mlx4j::reduced";

  /** An array, for calls that may release the entry lock. */
  static final String HELD = "mlx4j::held";

  /** An array, or 0 for none. */
  static final String MAYBE = "mlx4j::maybe";

  /** A stream, or 0 for the default stream. */
  static final String ON = "mlx4j::on";

  /** A stream for operations that only the CPU has, or 0 for the default stream. */
  static final String ON_CPU = "mlx4j::on_cpu";

  static final String STREAM = "mlx4j::stream";
  static final String FN = "mlx4j::fn";
  static final String DTYPE = "mlx4j::dtype";

  /** A dtype, or -1 for none. */
  static final String MAYBE_DTYPE = "mlx4j::maybe_dtype";

  /** A float, or NaN for none. */
  static final String MAYBE_FLOAT = "mlx4j::maybe_float";

  static final String FFT_NORM = "mlx4j::FFTNorm";
  static final String INTS = "mlx4j::ints";
  static final String SHAPE = "mlx4j::shape";
  static final String STRIDES = "mlx4j::strides";
  static final String ARRAYS = "mlx4j::arrays";

  /** A string, from its UTF-8 bytes. */
  static final String TEXT = "mlx4j::text";

  /** Strings, from their UTF-8 bytes. */
  static final String TEXTS = "mlx4j::texts";

  /** A random key, or 0 for the next key of the process. */
  static final String KEY = "mlx4j::key";

  /** The number of a group of processes, or 0 for this process alone. */
  static final String GROUP = "mlx4j::group";

  static final String LAMBDA = "mlx4j::lambda";
  static final String RULE = "mlx4j::rule";

  static final String OUT = "mlx4j::out";

  /** The result of an operation whose recording is valid for arguments of any size. */
  static final String FOLLOWING_OUT = "mlx4j::following_out";

  static final String HANDLES = "mlx4j::handles";
  static final String FNOUT = "mlx4j::fnout";
  static final String STREAMOUT = "mlx4j::streamout";

  static final String FILE = "mlx4j::file";
  static final String FILEOUT = "mlx4j::fileout";

  /** A string, from its bytes. */
  static final String UTF8_IN = "mlx4j::utf8_in";

  /** Strings, from an array of their UTF-8 bytes. */
  static final String NAMES = "mlx4j::names";

  /** A string, as its UTF-8 bytes. */
  static final String UTF8 = "mlx4j::utf8_out";

  static final String DTYPE_OUT = "mlx4j::dtype_out";
  static final String INTS_OUT = "mlx4j::ints_out";

  private Adapters() {}
}
