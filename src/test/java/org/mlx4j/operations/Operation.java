package org.mlx4j.operations;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.mlx4j.ArrayBiFunction;
import org.mlx4j.ArrayFunction;
import org.mlx4j.ArraysFunction;
import org.mlx4j.ArraysToArrayFunction;
import org.mlx4j.DType;
import org.mlx4j.Device;
import org.mlx4j.MlxArray;
import org.mlx4j.Scope;
import org.mlx4j.StreamScope;

/**
 * A row of the table: an operation in Java, the same in Python, the inputs to try it with, and what
 * MLX cannot do with it.
 *
 * <p>Without further notes a row says that the outputs equal Python's to within rounding, that vjp
 * and jvp are the derivatives with respect to all inputs of a free floating point dtype, and that
 * vmap does what a loop does.
 */
final class Operation {
  private final String name;
  private final ArraysFunction function;
  private final String python;
  private final List<Input> inputs;

  private List<DType> dtypes = List.of(DType.FLOAT32);
  private List<int[]> otherShapes = List.of();
  private boolean exact;
  private boolean differentiable;
  private boolean finiteDifferences;
  private boolean singlePrecision;
  private boolean pythonsGradientIsWrong;
  private boolean pythonSumsHalves;
  private boolean vmappable;
  private String vjpRefusal;
  private String jvpRefusal;
  private String vmapRefusal;
  private String traceRefusal;
  private String backendRefusal;

  private Operation(String name, ArraysFunction function, String python, Input... inputs) {
    this.name = name;
    this.function = function;
    this.python = python;
    this.inputs = List.of(inputs);
    differentiable = this.inputs.stream().anyMatch(Input::isFree);
    finiteDifferences = differentiable;
    vmappable = inputs.length > 0;
  }

  // ---- rows
  // --------------------------------------------------------------------------------------

  /**
   * An operation on one array.
   *
   * @param name the method's name, with its class in front if it is static, such as {@code
   *     MlxRandom.split}; what follows a space tells rows of one method apart
   * @param python an expression of {@code mx} and the input {@code a}
   */
  static Operation unary(String name, ArrayFunction function, String python, Input a) {
    return nary(name, xs -> function.apply(xs[0]), python, a);
  }

  /** An operation on two arrays, which Python calls {@code a} and {@code b}. */
  static Operation binary(String name, ArrayBiFunction function, String python, Input a, Input b) {
    return nary(name, xs -> function.apply(xs[0], xs[1]), python, a, b);
  }

  /** An operation on any number of arrays, which Python calls {@code a}, {@code b}, … */
  static Operation nary(
      String name, ArraysToArrayFunction function, String python, Input... inputs) {
    return many(name, xs -> new MlxArray[] {function.apply(xs)}, python, inputs);
  }

  /** An operation with several results, in Python a list or a tuple. */
  static Operation many(String name, ArraysFunction function, String python, Input... inputs) {
    return new Operation(name, function, python, inputs);
  }

  // ---- notes
  // -------------------------------------------------------------------------------------

  /**
   * The dtypes to try; derivatives and vmap are tried with the first one. The others may be
   * refused, if by both.
   */
  Operation on(DType... tried) {
    dtypes = List.of(tried);
    return this;
  }

  Operation on(List<DType> tried) {
    return on(tried.toArray(DType[]::new));
  }

  /** Further shapes to try, for all inputs alike. */
  Operation shapes(int[]... others) {
    otherShapes = List.of(others);
    return this;
  }

  /** The outputs are the same bits as Python's. */
  Operation exact() {
    exact = true;
    return this;
  }

  /** There is nothing to differentiate. */
  Operation discrete() {
    differentiable = false;
    finiteDifferences = false;
    return this;
  }

  /** The gradient is Python's, but by intention not the limit of a quotient of differences. */
  Operation withoutFiniteDifferences() {
    finiteDifferences = false;
    return this;
  }

  /** MLX computes this in single precision even where the dtype is float64. */
  Operation inSinglePrecision() {
    singlePrecision = true;
    return this;
  }

  /** Python sums gradients of half precision in that precision, Java at least partly in float32. */
  Operation withPythonsGradientsOfFloat32() {
    pythonSumsHalves = true;
    return this;
  }

  /** MLX's own gradient is wrong or missing, and so is Python's; Java works around it. */
  Operation unlikePythonsGradient() {
    pythonsGradientIsWrong = true;
    return this;
  }

  /** MLX has no vjp for this operation and says so with this message. */
  Operation withoutVjp(String message) {
    vjpRefusal = message;
    return this;
  }

  /** MLX has no jvp for this operation and says so with this message. */
  Operation withoutJvp(String message) {
    jvpRefusal = message;
    return this;
  }

  /** MLX has no vmap for this operation and says so with this message. */
  Operation withoutVmap(String message) {
    vmapRefusal = message;
    return this;
  }

  /** What is computed depends on values, so it cannot be recorded, as is said with this message. */
  Operation withoutTrace(String message) {
    traceRefusal = message;
    return this;
  }

  /**
   * Not every back-end of MLX can compute this; one that cannot says so, in Python as in Java, with
   * this message. There is nothing else to try then.
   */
  Operation onSomeBackends(String message) {
    backendRefusal = message;
    vmappable = false;
    return discrete();
  }

  /** What this operation does cannot be told from its slices. */
  Operation notMapped() {
    vmappable = false;
    return this;
  }

  // ---- questions
  // ---------------------------------------------------------------------------------

  /** The method that this row covers. */
  String method() {
    return name.split(" ", 2)[0];
  }

  String python() {
    return python;
  }

  boolean isDifferentiable() {
    return differentiable;
  }

  boolean hasFiniteDifferences() {
    return finiteDifferences;
  }

  boolean isInSinglePrecision() {
    return singlePrecision;
  }

  boolean isUnlikePythonsGradient() {
    return pythonsGradientIsWrong;
  }

  boolean isVmappable() {
    return vmappable;
  }

  /** What MLX says when asked for the vjp, or null if it has one. */
  String vjpRefusal() {
    return vjpRefusal;
  }

  /** What MLX says when asked for the jvp, or null if it has one. */
  String jvpRefusal() {
    return jvpRefusal;
  }

  /** What MLX says when asked for vmap, or null if it has one. */
  String vmapRefusal() {
    return vmapRefusal;
  }

  /** What is said when this is to be recorded, or null if it can be. */
  String traceRefusal() {
    return traceRefusal;
  }

  /** What a back-end says that cannot compute this, or null if all can. */
  String backendRefusal() {
    return backendRefusal;
  }

  /** The dtypes with which the row is tried. */
  Stream<DType> dtypes() {
    return dtypes.stream();
  }

  int inputs() {
    return inputs.size();
  }

  int largestNdim() {
    return inputs.stream().mapToInt(Input::ndim).max().orElse(0);
  }

  /** The arguments with respect to which the operation is differentiated. */
  int[] argnums() {
    return IntStream.range(0, inputs.size()).filter(i -> inputs.get(i).isFree()).toArray();
  }

  MlxArray[] apply(MlxArray... xs) {
    return function.apply(xs);
  }

  /** The row with its first dtype and its own shapes. */
  Variant main() {
    return new Variant(this, dtypes.get(0), inputs);
  }

  /** The row with all dtypes and shapes. */
  Stream<Variant> variants() {
    return Stream.concat(Stream.of(inputs), otherShapes.stream().map(this::shaped))
        .flatMap(shaped -> dtypes.stream().map(dtype -> new Variant(this, dtype, shaped)));
  }

  /** The row with its own shapes and all dtypes that can be differentiated. */
  Stream<Variant> floatingVariants() {
    return dtypes.stream().filter(DType::isFloating).map(dtype -> new Variant(this, dtype, inputs));
  }

  /** The same, without dtypes whose gradients are less precise in Python. */
  Stream<Variant> variantsWithPythonsGradients() {
    return floatingVariants().filter(variant -> !pythonSumsHalves || variant.dtype.itemsize() > 2);
  }

  /** The row with its own shapes and all dtypes that have derivatives, complex ones included. */
  Stream<Variant> inexactVariants() {
    return dtypes.stream()
        .filter(dtype -> dtype.isFloating() || dtype == DType.COMPLEX64)
        .map(dtype -> new Variant(this, dtype, inputs));
  }

  private List<Input> shaped(int[] shape) {
    return inputs.stream().map(input -> input.shaped(shape)).toList();
  }

  /**
   * How much an output may differ from one computed in another way; see {@link
   * HostArray#differenceFrom}.
   */
  double tolerance(DType dtype) {
    return exact ? 0 : rounding(dtype);
  }

  /** How much numbers may differ because they are rounded differently. */
  static double rounding(DType dtype) {
    return switch (dtype) {
      case FLOAT64 -> 1e-13;
      case FLOAT16 -> 2e-3;
      case BFLOAT16 -> 1.6e-2;
      default -> 1e-5;
    };
  }

  /** The same where MLX itself computed the other one, perhaps in single precision. */
  double toleranceForMlx(DType dtype) {
    return dtype == DType.FLOAT64 && singlePrecision ? 1e-5 : tolerance(dtype);
  }

  @Override
  public String toString() {
    return name;
  }

  /** A row with one dtype and one choice of shapes. */
  record Variant(Operation operation, DType dtype, List<Input> inputs) {
    boolean isMain() {
      return dtype == operation.dtypes.get(0) && inputs == operation.inputs;
    }

    /** Whether only the CPU can compute this. */
    boolean needsCpu() {
      return dtype == DType.FLOAT64 || operation.python.contains("float64");
    }

    /** Runs an action where this can be computed, and frees all arrays that the action makes. */
    <T> T run(Supplier<T> action) {
      try (StreamScope device =
              StreamScope.open(needsCpu() ? Device.cpu() : Device.defaultDevice());
          Scope arrays = Scope.open()) {
        return action.get();
      }
    }

    HostArray[] compute(HostArray... arguments) {
      return run(() -> HostArray.allOf(operation.function.apply(HostArray.allToMlx(arguments))));
    }

    Variant on(DType other) {
      return new Variant(operation, other, inputs);
    }

    Variant with(List<Input> others) {
      return new Variant(operation, dtype, others);
    }

    /** The arguments; another sample gives other values. */
    HostArray[] draw(int sample) {
      HostArray[] arrays = new HostArray[inputs.size()];
      Arrays.setAll(
          arrays,
          i -> inputs.get(i).draw(dtype, 31L * operation.name.hashCode() + 1000L * sample + i));
      return arrays;
    }

    @Override
    public String toString() {
      return operation + " on " + dtype;
    }
  }
}
