package org.mlx4j;

import static org.mlx4j.Call.binary;
import static org.mlx4j.Call.binaryToMany;
import static org.mlx4j.Call.rightWeak;
import static org.mlx4j.Call.unary;

import org.jspecify.annotations.Nullable;
import org.mlx4j.internal.ElementwiseNative;

/**
 * Operations that work element by element: arithmetic, elementary functions, comparisons, logic and
 * bits.
 *
 * <pre>{@code
 * MlxArray x = MlxArray.of(1f, 4f, 9f);
 * MlxArray y = x.sqrt().add(1).multiply(x); // [2, 12, 36]
 * MlxArray large = x.greater(3); // [False, True, True]
 * }</pre>
 *
 * <p>Like all operations they build a graph, which is computed when a value is read. Two arrays are
 * broadcast to a common shape and promoted to a common dtype. A number beside an array takes the
 * array's dtype; beside integers and bools, a {@code double} becomes float32, and beside bools, a
 * {@code long} becomes int32. {@link Ops} has the operations whose first operand is a number.
 *
 * <p>Every method throws {@link IllegalArgumentException} if the shapes cannot be broadcast or a
 * {@code long} does not fit into the array's dtype, {@link IllegalStateException} if an array is
 * closed, and {@link NullPointerException} if an argument is null, unless null is allowed.
 */
public sealed interface Elementwise permits MlxArray {
  /**
   * Returns the absolute values of the elements; the magnitudes, if they are complex. Mirrors
   * {@code mlx.core.abs}.
   *
   * @return an array of the same shape
   */
  default MlxArray abs() {
    return unary("abs", ElementwiseNative::abs, this);
  }

  /**
   * Returns this array unchanged, as unary plus does. Mirrors {@code mlx.core.positive}.
   *
   * @return an array of the same shape and dtype
   */
  default MlxArray positive() {
    return unary("positive", ElementwiseNative::positive, this);
  }

  /**
   * Negates the elements. Mirrors {@code mlx.core.negative}.
   *
   * @return an array of the same shape and dtype
   * @throws IllegalArgumentException if this array is of dtype bool
   */
  default MlxArray negative() {
    return unary("negative", ElementwiseNative::negative, this);
  }

  /**
   * Returns the signs of the elements: -1, 0 or 1. The sign of a complex number is the number
   * divided by its magnitude. Mirrors {@code mlx.core.sign}.
   *
   * @return an array of the same shape and dtype
   */
  default MlxArray sign() {
    return unary("sign", ElementwiseNative::sign, this);
  }

  /**
   * Tests which elements are zero. Mirrors {@code mlx.core.logical_not}.
   *
   * @return a bool array of the same shape
   */
  default MlxArray logicalNot() {
    return unary("logicalNot", ElementwiseNative::logical_not, this);
  }

  /**
   * Divides one by each element. Mirrors {@code mlx.core.reciprocal}.
   *
   * @return an array of the same shape; of dtype float32 if this array is of an integer dtype or
   *     bool
   */
  default MlxArray reciprocal() {
    return unary("reciprocal", ElementwiseNative::reciprocal, this);
  }

  /**
   * Rounds the elements down to integers. Mirrors {@code mlx.core.floor}.
   *
   * @return an array of the same shape and dtype
   * @throws IllegalArgumentException if this array is of dtype complex64
   */
  default MlxArray floor() {
    return unary("floor", ElementwiseNative::floor, this);
  }

  /**
   * Rounds the elements up to integers. Mirrors {@code mlx.core.ceil}.
   *
   * @return an array of the same shape and dtype
   * @throws IllegalArgumentException if this array is of dtype complex64
   */
  default MlxArray ceil() {
    return unary("ceil", ElementwiseNative::ceil, this);
  }

  /**
   * Rounds the elements toward zero to integers. Mirrors {@code mlx.core.trunc}.
   *
   * @return an array of the same shape and dtype
   * @throws IllegalArgumentException if this array is of dtype complex64
   */
  default MlxArray trunc() {
    return unary("trunc", ElementwiseNative::trunc, this);
  }

  /**
   * Squares the elements. Mirrors {@code mlx.core.square}.
   *
   * @return an array of the same shape and dtype
   */
  default MlxArray square() {
    return unary("square", ElementwiseNative::square, this);
  }

  /**
   * Computes the exponential function. Mirrors {@code mlx.core.exp}.
   *
   * @return an array of the same shape; of dtype float32 if this array is of an integer dtype or
   *     bool
   */
  default MlxArray exp() {
    return unary("exp", ElementwiseNative::exp, this);
  }

  /**
   * Computes {@code exp(x) - 1}, without loss of precision near 0. Mirrors {@code mlx.core.expm1}.
   *
   * @return an array of the same shape; of dtype float32 if this array is of an integer dtype or
   *     bool
   */
  default MlxArray expm1() {
    return unary("expm1", ElementwiseNative::expm1, this);
  }

  /**
   * Computes the sine of angles in radians. Mirrors {@code mlx.core.sin}.
   *
   * @return an array of the same shape; of dtype float32 if this array is of an integer dtype or
   *     bool
   */
  default MlxArray sin() {
    return unary("sin", ElementwiseNative::sin, this);
  }

  /**
   * Computes the cosine of angles in radians. Mirrors {@code mlx.core.cos}.
   *
   * @return an array of the same shape; of dtype float32 if this array is of an integer dtype or
   *     bool
   */
  default MlxArray cos() {
    return unary("cos", ElementwiseNative::cos, this);
  }

  /**
   * Computes the tangent of angles in radians. Mirrors {@code mlx.core.tan}.
   *
   * @return an array of the same shape; of dtype float32 if this array is of an integer dtype or
   *     bool
   */
  default MlxArray tan() {
    return unary("tan", ElementwiseNative::tan, this);
  }

  /**
   * Computes the inverse sine in radians, which is NaN outside [-1, 1]. Mirrors {@code
   * mlx.core.arcsin}.
   *
   * @return an array of the same shape; of dtype float32 if this array is of an integer dtype or
   *     bool
   */
  default MlxArray arcsin() {
    return unary("arcsin", ElementwiseNative::arcsin, this);
  }

  /**
   * Computes the inverse cosine in radians, which is NaN outside [-1, 1]. Mirrors {@code
   * mlx.core.arccos}.
   *
   * @return an array of the same shape; of dtype float32 if this array is of an integer dtype or
   *     bool
   */
  default MlxArray arccos() {
    return unary("arccos", ElementwiseNative::arccos, this);
  }

  /**
   * Computes the inverse tangent in radians. Mirrors {@code mlx.core.arctan}.
   *
   * @return an array of the same shape; of dtype float32 if this array is of an integer dtype or
   *     bool
   */
  default MlxArray arctan() {
    return unary("arctan", ElementwiseNative::arctan, this);
  }

  /**
   * Computes the hyperbolic sine. Mirrors {@code mlx.core.sinh}.
   *
   * @return an array of the same shape; of dtype float32 if this array is of an integer dtype or
   *     bool
   */
  default MlxArray sinh() {
    return unary("sinh", ElementwiseNative::sinh, this);
  }

  /**
   * Computes the hyperbolic cosine. Mirrors {@code mlx.core.cosh}.
   *
   * @return an array of the same shape; of dtype float32 if this array is of an integer dtype or
   *     bool
   */
  default MlxArray cosh() {
    return unary("cosh", ElementwiseNative::cosh, this);
  }

  /**
   * Computes the hyperbolic tangent. Mirrors {@code mlx.core.tanh}.
   *
   * @return an array of the same shape; of dtype float32 if this array is of an integer dtype or
   *     bool
   */
  default MlxArray tanh() {
    return unary("tanh", ElementwiseNative::tanh, this);
  }

  /**
   * Computes the inverse hyperbolic sine. Mirrors {@code mlx.core.arcsinh}.
   *
   * @return an array of the same shape; of dtype float32 if this array is of an integer dtype or
   *     bool
   */
  default MlxArray arcsinh() {
    return unary("arcsinh", ElementwiseNative::arcsinh, this);
  }

  /**
   * Computes the inverse hyperbolic cosine, which is NaN below 1. Mirrors {@code mlx.core.arccosh}.
   *
   * @return an array of the same shape; of dtype float32 if this array is of an integer dtype or
   *     bool
   */
  default MlxArray arccosh() {
    return unary("arccosh", ElementwiseNative::arccosh, this);
  }

  /**
   * Computes the inverse hyperbolic tangent, which is NaN outside [-1, 1]. Mirrors {@code
   * mlx.core.arctanh}.
   *
   * @return an array of the same shape; of dtype float32 if this array is of an integer dtype or
   *     bool
   */
  default MlxArray arctanh() {
    return unary("arctanh", ElementwiseNative::arctanh, this);
  }

  /**
   * Converts angles from radians to degrees. Mirrors {@code mlx.core.degrees}.
   *
   * @return an array of the same shape; of dtype float32 if this array is of an integer dtype or
   *     bool
   */
  default MlxArray degrees() {
    return unary("degrees", ElementwiseNative::degrees, this);
  }

  /**
   * Converts angles from degrees to radians. Mirrors {@code mlx.core.radians}.
   *
   * @return an array of the same shape; of dtype float32 if this array is of an integer dtype or
   *     bool
   */
  default MlxArray radians() {
    return unary("radians", ElementwiseNative::radians, this);
  }

  /**
   * Computes the natural logarithm. Mirrors {@code mlx.core.log}.
   *
   * @return an array of the same shape; of dtype float32 if this array is of an integer dtype or
   *     bool
   */
  default MlxArray log() {
    return unary("log", ElementwiseNative::log, this);
  }

  /**
   * Computes the logarithm to base 2. Mirrors {@code mlx.core.log2}.
   *
   * @return an array of the same shape; of dtype float32 if this array is of an integer dtype or
   *     bool
   */
  default MlxArray log2() {
    return unary("log2", ElementwiseNative::log2, this);
  }

  /**
   * Computes the logarithm to base 10. Mirrors {@code mlx.core.log10}.
   *
   * @return an array of the same shape; of dtype float32 if this array is of an integer dtype or
   *     bool
   */
  default MlxArray log10() {
    return unary("log10", ElementwiseNative::log10, this);
  }

  /**
   * Computes {@code log(1 + x)}, without loss of precision near 0. Mirrors {@code mlx.core.log1p}.
   *
   * @return an array of the same shape; of dtype float32 if this array is of an integer dtype or
   *     bool
   */
  default MlxArray log1p() {
    return unary("log1p", ElementwiseNative::log1p, this);
  }

  /**
   * Computes the logistic function {@code 1 / (1 + exp(-x))}. Mirrors {@code mlx.core.sigmoid}.
   *
   * @return an array of the same shape; of dtype float32 if this array is of an integer dtype or
   *     bool
   */
  default MlxArray sigmoid() {
    return unary("sigmoid", ElementwiseNative::sigmoid, this);
  }

  /**
   * Computes the error function. Mirrors {@code mlx.core.erf}.
   *
   * @return an array of the same shape; of dtype float32 if this array is of an integer dtype or
   *     bool
   */
  default MlxArray erf() {
    return unary("erf", ElementwiseNative::erf, this);
  }

  /**
   * Computes the inverse of the error function, which is NaN outside [-1, 1]. Mirrors {@code
   * mlx.core.erfinv}.
   *
   * @return an array of the same shape; of dtype float32 if this array is of an integer dtype or
   *     bool
   */
  default MlxArray erfinv() {
    return unary("erfinv", ElementwiseNative::erfinv, this);
  }

  /**
   * Computes the square root, which is NaN for negative real elements. Mirrors {@code
   * mlx.core.sqrt}.
   *
   * @return an array of the same shape; of dtype float32 if this array is of an integer dtype or
   *     bool
   */
  default MlxArray sqrt() {
    return unary("sqrt", ElementwiseNative::sqrt, this);
  }

  /**
   * Computes the reciprocal of the square root. Mirrors {@code mlx.core.rsqrt}.
   *
   * @return an array of the same shape; of dtype float32 if this array is of an integer dtype or
   *     bool
   */
  default MlxArray rsqrt() {
    return unary("rsqrt", ElementwiseNative::rsqrt, this);
  }

  /**
   * Tests which elements are NaN. Mirrors {@code mlx.core.isnan}.
   *
   * @return a bool array of the same shape
   */
  default MlxArray isnan() {
    return unary("isnan", ElementwiseNative::isnan, this);
  }

  /**
   * Tests which elements are infinite. Mirrors {@code mlx.core.isinf}.
   *
   * @return a bool array of the same shape
   */
  default MlxArray isinf() {
    return unary("isinf", ElementwiseNative::isinf, this);
  }

  /**
   * Tests which elements are neither infinite nor NaN. Mirrors {@code mlx.core.isfinite}.
   *
   * @return a bool array of the same shape
   */
  default MlxArray isfinite() {
    return unary("isfinite", ElementwiseNative::isfinite, this);
  }

  /**
   * Tests which elements are positive infinity. Mirrors {@code mlx.core.isposinf}.
   *
   * @return a bool array of the same shape
   */
  default MlxArray isposinf() {
    return unary("isposinf", ElementwiseNative::isposinf, this);
  }

  /**
   * Tests which elements are negative infinity. Mirrors {@code mlx.core.isneginf}.
   *
   * @return a bool array of the same shape
   */
  default MlxArray isneginf() {
    return unary("isneginf", ElementwiseNative::isneginf, this);
  }

  /**
   * Returns the complex conjugates of the elements. A real array is returned unchanged. Mirrors
   * {@code mlx.core.conjugate}.
   *
   * @return an array of the same shape and dtype
   */
  default MlxArray conjugate() {
    return unary("conjugate", ElementwiseNative::conjugate, this);
  }

  /** Equivalent to {@link #conjugate()}; mirrors {@code mlx.core.conj}. */
  default MlxArray conj() {
    return conjugate();
  }

  /**
   * Returns the real parts of the elements. A real array is returned unchanged. Mirrors {@code
   * mlx.core.real}.
   *
   * @return an array of the same shape
   */
  default MlxArray real() {
    return unary("real", ElementwiseNative::real, this);
  }

  /**
   * Returns the imaginary parts of the elements, which are zero for a real array. Mirrors {@code
   * mlx.core.imag}.
   *
   * @return an array of the same shape
   */
  default MlxArray imag() {
    return unary("imag", ElementwiseNative::imag, this);
  }

  /**
   * Inverts every bit of the elements; negates them, if they are bools. Mirrors {@code
   * mlx.core.bitwise_invert}.
   *
   * @return an array of the same shape and dtype
   * @throws IllegalArgumentException if this array is neither of an integer dtype nor of dtype bool
   */
  default MlxArray bitwiseInvert() {
    return unary("bitwiseInvert", ElementwiseNative::bitwise_invert, this);
  }

  /**
   * Returns an array of the same values through which no gradient flows. Mirrors {@code
   * mlx.core.stop_gradient}.
   *
   * @return an array of the same shape and dtype
   */
  default MlxArray stopGradient() {
    return unary("stopGradient", ElementwiseNative::stop_gradient, this);
  }

  /** Equivalent to {@link #round(int) round(0)}. */
  default MlxArray round() {
    return round(0);
  }

  /**
   * Rounds the elements to a number of decimals; halfway cases go to the even neighbor. Mirrors
   * {@code mlx.core.round}.
   *
   * @param decimals the number of digits that are kept after the decimal point; negative to round
   *     before it
   * @return an array of the same shape and dtype
   */
  default MlxArray round(int decimals) {
    return unary("round", (a, s) -> ElementwiseNative.round(a, decimals, s), this);
  }

  /**
   * Adds an array. Mirrors {@code mlx.core.add}.
   *
   * @param y the other operand
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast
   */
  default MlxArray add(MlxArray y) {
    return binary("add", ElementwiseNative::add, this, y);
  }

  /** Equivalent to {@link #add(MlxArray)} with a number. */
  default MlxArray add(double y) {
    return rightWeak("add", ElementwiseNative::add, this, y);
  }

  /** Equivalent to {@link #add(MlxArray)} with a number. */
  default MlxArray add(long y) {
    return rightWeak("add", ElementwiseNative::add, this, y);
  }

  /**
   * Subtracts an array from this one. Mirrors {@code mlx.core.subtract}.
   *
   * @param y the other operand
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast
   */
  default MlxArray subtract(MlxArray y) {
    return binary("subtract", ElementwiseNative::subtract, this, y);
  }

  /** Equivalent to {@link #subtract(MlxArray)} with a number. */
  default MlxArray subtract(double y) {
    return rightWeak("subtract", ElementwiseNative::subtract, this, y);
  }

  /** Equivalent to {@link #subtract(MlxArray)} with a number. */
  default MlxArray subtract(long y) {
    return rightWeak("subtract", ElementwiseNative::subtract, this, y);
  }

  /**
   * Multiplies this array by another one, element by element. Mirrors {@code mlx.core.multiply}.
   *
   * @param y the other operand
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast
   */
  default MlxArray multiply(MlxArray y) {
    return binary("multiply", ElementwiseNative::multiply, this, y);
  }

  /** Equivalent to {@link #multiply(MlxArray)} with a number. */
  default MlxArray multiply(double y) {
    return rightWeak("multiply", ElementwiseNative::multiply, this, y);
  }

  /** Equivalent to {@link #multiply(MlxArray)} with a number. */
  default MlxArray multiply(long y) {
    return rightWeak("multiply", ElementwiseNative::multiply, this, y);
  }

  /**
   * Divides this array by another one in floating point: integers give float32, and division by
   * zero gives an infinity or NaN. Mirrors {@code mlx.core.divide}.
   *
   * @param y the divisor
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast
   */
  default MlxArray divide(MlxArray y) {
    return binary("divide", ElementwiseNative::divide, this, y);
  }

  /** Equivalent to {@link #divide(MlxArray)} with a number. */
  default MlxArray divide(double y) {
    return rightWeak("divide", ElementwiseNative::divide, this, y);
  }

  /** Equivalent to {@link #divide(MlxArray)} with a number. */
  default MlxArray divide(long y) {
    return rightWeak("divide", ElementwiseNative::divide, this, y);
  }

  /**
   * Divides this array by another one and rounds the quotients down, as Python's {@code //} does.
   * The result of dividing an integer by zero is undefined. Mirrors {@code mlx.core.floor_divide}.
   *
   * @param y the divisor
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast
   */
  default MlxArray floorDivide(MlxArray y) {
    return binary("floorDivide", ElementwiseNative::floor_divide, this, y);
  }

  /** Equivalent to {@link #floorDivide(MlxArray)} with a number. */
  default MlxArray floorDivide(double y) {
    return rightWeak("floorDivide", ElementwiseNative::floor_divide, this, y);
  }

  /** Equivalent to {@link #floorDivide(MlxArray)} with a number. */
  default MlxArray floorDivide(long y) {
    return rightWeak("floorDivide", ElementwiseNative::floor_divide, this, y);
  }

  /**
   * Computes the remainders of {@link #floorDivide(MlxArray)}, which have the signs of the
   * divisors, as Python's {@code %} does. The result of dividing an integer by zero is undefined.
   * Mirrors {@code mlx.core.remainder}.
   *
   * @param y the divisor
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast
   */
  default MlxArray remainder(MlxArray y) {
    return binary("remainder", ElementwiseNative::remainder, this, y);
  }

  /** Equivalent to {@link #remainder(MlxArray)} with a number. */
  default MlxArray remainder(double y) {
    return rightWeak("remainder", ElementwiseNative::remainder, this, y);
  }

  /** Equivalent to {@link #remainder(MlxArray)} with a number. */
  default MlxArray remainder(long y) {
    return rightWeak("remainder", ElementwiseNative::remainder, this, y);
  }

  /**
   * Raises this array to the power of another one. Mirrors {@code mlx.core.power}.
   *
   * @param y the exponents
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast
   */
  default MlxArray power(MlxArray y) {
    return binary("power", ElementwiseNative::power, this, y);
  }

  /** Equivalent to {@link #power(MlxArray)} with a number. */
  default MlxArray power(double y) {
    return rightWeak("power", ElementwiseNative::power, this, y);
  }

  /** Equivalent to {@link #power(MlxArray)} with a number. */
  default MlxArray power(long y) {
    return rightWeak("power", ElementwiseNative::power, this, y);
  }

  /**
   * Returns the larger of two elements, or NaN if either is NaN. Mirrors {@code mlx.core.maximum}.
   *
   * @param y the other operand
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast
   */
  default MlxArray maximum(MlxArray y) {
    return binary("maximum", ElementwiseNative::maximum, this, y);
  }

  /** Equivalent to {@link #maximum(MlxArray)} with a number. */
  default MlxArray maximum(double y) {
    return rightWeak("maximum", ElementwiseNative::maximum, this, y);
  }

  /** Equivalent to {@link #maximum(MlxArray)} with a number. */
  default MlxArray maximum(long y) {
    return rightWeak("maximum", ElementwiseNative::maximum, this, y);
  }

  /**
   * Returns the smaller of two elements, or NaN if either is NaN. Mirrors {@code mlx.core.minimum}.
   *
   * @param y the other operand
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast
   */
  default MlxArray minimum(MlxArray y) {
    return binary("minimum", ElementwiseNative::minimum, this, y);
  }

  /** Equivalent to {@link #minimum(MlxArray)} with a number. */
  default MlxArray minimum(double y) {
    return rightWeak("minimum", ElementwiseNative::minimum, this, y);
  }

  /** Equivalent to {@link #minimum(MlxArray)} with a number. */
  default MlxArray minimum(long y) {
    return rightWeak("minimum", ElementwiseNative::minimum, this, y);
  }

  /**
   * Computes {@code log(exp(x) + exp(y))} without overflow. Mirrors {@code mlx.core.logaddexp}.
   *
   * @param y the other operand
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast
   */
  default MlxArray logaddexp(MlxArray y) {
    return binary("logaddexp", ElementwiseNative::logaddexp, this, y);
  }

  /** Equivalent to {@link #logaddexp(MlxArray)} with a number. */
  default MlxArray logaddexp(double y) {
    return rightWeak("logaddexp", ElementwiseNative::logaddexp, this, y);
  }

  /** Equivalent to {@link #logaddexp(MlxArray)} with a number. */
  default MlxArray logaddexp(long y) {
    return rightWeak("logaddexp", ElementwiseNative::logaddexp, this, y);
  }

  /**
   * Computes the angles, in radians and in the right quadrant, of points whose ordinates this array
   * holds and whose abscissas the other one holds. Mirrors {@code mlx.core.arctan2}.
   *
   * @param y the abscissas
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast
   */
  default MlxArray arctan2(MlxArray y) {
    return binary("arctan2", ElementwiseNative::arctan2, this, y);
  }

  /** Equivalent to {@link #arctan2(MlxArray)} with a number. */
  default MlxArray arctan2(double y) {
    return rightWeak("arctan2", ElementwiseNative::arctan2, this, y);
  }

  /** Equivalent to {@link #arctan2(MlxArray)} with a number. */
  default MlxArray arctan2(long y) {
    return rightWeak("arctan2", ElementwiseNative::arctan2, this, y);
  }

  /**
   * Tests which elements are equal. NaN equals nothing. Mirrors {@code mlx.core.equal}.
   *
   * @param y the other operand
   * @return a bool array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast
   */
  default MlxArray equal(MlxArray y) {
    return binary("equal", ElementwiseNative::equal, this, y);
  }

  /** Equivalent to {@link #equal(MlxArray)} with a number. */
  default MlxArray equal(double y) {
    return rightWeak("equal", ElementwiseNative::equal, this, y);
  }

  /** Equivalent to {@link #equal(MlxArray)} with a number. */
  default MlxArray equal(long y) {
    return rightWeak("equal", ElementwiseNative::equal, this, y);
  }

  /**
   * Tests which elements differ. Mirrors {@code mlx.core.not_equal}.
   *
   * @param y the other operand
   * @return a bool array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast
   */
  default MlxArray notEqual(MlxArray y) {
    return binary("notEqual", ElementwiseNative::not_equal, this, y);
  }

  /** Equivalent to {@link #notEqual(MlxArray)} with a number. */
  default MlxArray notEqual(double y) {
    return rightWeak("notEqual", ElementwiseNative::not_equal, this, y);
  }

  /** Equivalent to {@link #notEqual(MlxArray)} with a number. */
  default MlxArray notEqual(long y) {
    return rightWeak("notEqual", ElementwiseNative::not_equal, this, y);
  }

  /**
   * Tests which elements of this array are less than those of another one. Mirrors {@code
   * mlx.core.less}.
   *
   * @param y the other operand
   * @return a bool array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast
   */
  default MlxArray less(MlxArray y) {
    return binary("less", ElementwiseNative::less, this, y);
  }

  /** Equivalent to {@link #less(MlxArray)} with a number. */
  default MlxArray less(double y) {
    return rightWeak("less", ElementwiseNative::less, this, y);
  }

  /** Equivalent to {@link #less(MlxArray)} with a number. */
  default MlxArray less(long y) {
    return rightWeak("less", ElementwiseNative::less, this, y);
  }

  /**
   * Tests which elements of this array are less than or equal to those of another one. Mirrors
   * {@code mlx.core.less_equal}.
   *
   * @param y the other operand
   * @return a bool array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast
   */
  default MlxArray lessEqual(MlxArray y) {
    return binary("lessEqual", ElementwiseNative::less_equal, this, y);
  }

  /** Equivalent to {@link #lessEqual(MlxArray)} with a number. */
  default MlxArray lessEqual(double y) {
    return rightWeak("lessEqual", ElementwiseNative::less_equal, this, y);
  }

  /** Equivalent to {@link #lessEqual(MlxArray)} with a number. */
  default MlxArray lessEqual(long y) {
    return rightWeak("lessEqual", ElementwiseNative::less_equal, this, y);
  }

  /**
   * Tests which elements of this array are greater than those of another one. Mirrors {@code
   * mlx.core.greater}.
   *
   * @param y the other operand
   * @return a bool array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast
   */
  default MlxArray greater(MlxArray y) {
    return binary("greater", ElementwiseNative::greater, this, y);
  }

  /** Equivalent to {@link #greater(MlxArray)} with a number. */
  default MlxArray greater(double y) {
    return rightWeak("greater", ElementwiseNative::greater, this, y);
  }

  /** Equivalent to {@link #greater(MlxArray)} with a number. */
  default MlxArray greater(long y) {
    return rightWeak("greater", ElementwiseNative::greater, this, y);
  }

  /**
   * Tests which elements of this array are greater than or equal to those of another one. Mirrors
   * {@code mlx.core.greater_equal}.
   *
   * @param y the other operand
   * @return a bool array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast
   */
  default MlxArray greaterEqual(MlxArray y) {
    return binary("greaterEqual", ElementwiseNative::greater_equal, this, y);
  }

  /** Equivalent to {@link #greaterEqual(MlxArray)} with a number. */
  default MlxArray greaterEqual(double y) {
    return rightWeak("greaterEqual", ElementwiseNative::greater_equal, this, y);
  }

  /** Equivalent to {@link #greaterEqual(MlxArray)} with a number. */
  default MlxArray greaterEqual(long y) {
    return rightWeak("greaterEqual", ElementwiseNative::greater_equal, this, y);
  }

  /**
   * Tests where both elements are non-zero. Mirrors {@code mlx.core.logical_and}.
   *
   * @param y the other operand
   * @return a bool array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast
   */
  default MlxArray logicalAnd(MlxArray y) {
    return binary("logicalAnd", ElementwiseNative::logical_and, this, y);
  }

  /** Equivalent to {@link #logicalAnd(MlxArray)} with a number. */
  default MlxArray logicalAnd(double y) {
    return rightWeak("logicalAnd", ElementwiseNative::logical_and, this, y);
  }

  /** Equivalent to {@link #logicalAnd(MlxArray)} with a number. */
  default MlxArray logicalAnd(long y) {
    return rightWeak("logicalAnd", ElementwiseNative::logical_and, this, y);
  }

  /**
   * Tests where at least one of two elements is non-zero. Mirrors {@code mlx.core.logical_or}.
   *
   * @param y the other operand
   * @return a bool array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast
   */
  default MlxArray logicalOr(MlxArray y) {
    return binary("logicalOr", ElementwiseNative::logical_or, this, y);
  }

  /** Equivalent to {@link #logicalOr(MlxArray)} with a number. */
  default MlxArray logicalOr(double y) {
    return rightWeak("logicalOr", ElementwiseNative::logical_or, this, y);
  }

  /** Equivalent to {@link #logicalOr(MlxArray)} with a number. */
  default MlxArray logicalOr(long y) {
    return rightWeak("logicalOr", ElementwiseNative::logical_or, this, y);
  }

  /**
   * Tests where exactly one of two elements is non-zero. Mirrors {@code mlx.core.logical_xor}.
   *
   * @param y the other operand
   * @return a bool array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast
   */
  default MlxArray logicalXor(MlxArray y) {
    return binary("logicalXor", ElementwiseNative::logical_xor, this, y);
  }

  /** Equivalent to {@link #logicalXor(MlxArray)} with a number. */
  default MlxArray logicalXor(double y) {
    return rightWeak("logicalXor", ElementwiseNative::logical_xor, this, y);
  }

  /** Equivalent to {@link #logicalXor(MlxArray)} with a number. */
  default MlxArray logicalXor(long y) {
    return rightWeak("logicalXor", ElementwiseNative::logical_xor, this, y);
  }

  /**
   * Returns the bits that are set in both elements. Mirrors {@code mlx.core.bitwise_and}.
   *
   * @param y the other operand
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast, or an array is neither of
   *     an integer dtype nor of dtype bool
   */
  default MlxArray bitwiseAnd(MlxArray y) {
    return binary("bitwiseAnd", ElementwiseNative::bitwise_and, this, y);
  }

  /** Equivalent to {@link #bitwiseAnd(MlxArray)} with a number. */
  default MlxArray bitwiseAnd(long y) {
    return rightWeak("bitwiseAnd", ElementwiseNative::bitwise_and, this, y);
  }

  /**
   * Returns the bits that are set in at least one of two elements. Mirrors {@code
   * mlx.core.bitwise_or}.
   *
   * @param y the other operand
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast, or an array is neither of
   *     an integer dtype nor of dtype bool
   */
  default MlxArray bitwiseOr(MlxArray y) {
    return binary("bitwiseOr", ElementwiseNative::bitwise_or, this, y);
  }

  /** Equivalent to {@link #bitwiseOr(MlxArray)} with a number. */
  default MlxArray bitwiseOr(long y) {
    return rightWeak("bitwiseOr", ElementwiseNative::bitwise_or, this, y);
  }

  /**
   * Returns the bits that are set in exactly one of two elements. Mirrors {@code
   * mlx.core.bitwise_xor}.
   *
   * @param y the other operand
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast, or an array is neither of
   *     an integer dtype nor of dtype bool
   */
  default MlxArray bitwiseXor(MlxArray y) {
    return binary("bitwiseXor", ElementwiseNative::bitwise_xor, this, y);
  }

  /** Equivalent to {@link #bitwiseXor(MlxArray)} with a number. */
  default MlxArray bitwiseXor(long y) {
    return rightWeak("bitwiseXor", ElementwiseNative::bitwise_xor, this, y);
  }

  /**
   * Shifts the bits of this array to the left. As in NumPy, the result is 0 if the shift is at
   * least the number of bits of an element, or negative. Mirrors {@code mlx.core.left_shift}, which
   * leaves such shifts undefined.
   *
   * @param y the numbers of bits to shift by
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast, or an array is neither of
   *     an integer dtype nor of dtype bool
   */
  default MlxArray leftShift(MlxArray y) {
    return binary("leftShift", ElementwiseNative::left_shift, this, y);
  }

  /** Equivalent to {@link #leftShift(MlxArray)} with a number. */
  default MlxArray leftShift(long y) {
    return rightWeak("leftShift", ElementwiseNative::left_shift, this, y);
  }

  /**
   * Shifts the bits of this array to the right. As in NumPy, the result is 0, or -1 for a negative
   * element, if the shift is at least the number of bits of an element, or negative. Mirrors {@code
   * mlx.core.right_shift}, which leaves such shifts undefined.
   *
   * @param y the numbers of bits to shift by
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast, or an array is neither of
   *     an integer dtype nor of dtype bool
   */
  default MlxArray rightShift(MlxArray y) {
    return binary("rightShift", ElementwiseNative::right_shift, this, y);
  }

  /** Equivalent to {@link #rightShift(MlxArray)} with a number. */
  default MlxArray rightShift(long y) {
    return rightWeak("rightShift", ElementwiseNative::right_shift, this, y);
  }

  /**
   * Computes both {@link #floorDivide(MlxArray)} and {@link #remainder(MlxArray)}, as Python's
   * {@code divmod} does. The result of dividing an integer by zero is undefined. Mirrors {@code
   * mlx.core.divmod}.
   *
   * @param y the divisor
   * @return two arrays of the broadcast shape, the quotients and the remainders
   * @throws IllegalArgumentException if the shapes cannot be broadcast
   */
  default MlxArray[] divmod(MlxArray y) {
    return binaryToMany("divmod", ElementwiseNative::divmod, this, y);
  }

  /** Equivalent to {@link #divmod(MlxArray)} with a number. */
  default MlxArray[] divmod(double y) {
    try (MlxArray number = Call.weak("divmod", (MlxArray) this, y)) {
      return divmod(number);
    }
  }

  /** Equivalent to {@link #divmod(MlxArray)} with a number. */
  default MlxArray[] divmod(long y) {
    try (MlxArray number = Call.weak("divmod", (MlxArray) this, y)) {
      return divmod(number);
    }
  }

  /**
   * Equivalent to {@link #clip(MlxArray, MlxArray)} with numbers, which take this array's dtype.
   */
  default MlxArray clip(double min, double max) {
    return Ops.clip((MlxArray) this, x -> x.maximum(min), x -> x.minimum(max));
  }

  /**
   * Equivalent to {@link #clip(MlxArray, MlxArray)} with numbers, which take this array's dtype.
   */
  default MlxArray clip(long min, long max) {
    return Ops.clip((MlxArray) this, x -> x.maximum(min), x -> x.minimum(max));
  }

  /**
   * Limits the elements to an interval. Mirrors {@code mlx.core.clip}.
   *
   * @param min the lower limits, or null
   * @param max the upper limits, or null
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if both limits are null, or the shapes cannot be broadcast
   */
  default MlxArray clip(@Nullable MlxArray min, @Nullable MlxArray max) {
    return Ops.clip((MlxArray) this, min, max);
  }

  /** Equivalent to {@link #nanToNum(float, float, float) nanToNum(0, NaN, NaN)}. */
  default MlxArray nanToNum() {
    return unary(
        "nanToNum", (a, s) -> ElementwiseNative.nan_to_num(a, 0, Float.NaN, Float.NaN, s), this);
  }

  /**
   * Replaces NaN and infinities by numbers. Mirrors {@code mlx.core.nan_to_num}.
   *
   * @param nan the replacement of NaN
   * @param posinf the replacement of positive infinity, or NaN for the largest finite number of the
   *     dtype
   * @param neginf the replacement of negative infinity, or NaN for the smallest finite number of
   *     the dtype
   * @return an array of the same shape and dtype
   * @throws IllegalArgumentException if this array is of dtype complex64
   */
  default MlxArray nanToNum(float nan, float posinf, float neginf) {
    return unary(
        "nanToNum", (a, s) -> ElementwiseNative.nan_to_num(a, nan, posinf, neginf, s), this);
  }

  /** Equivalent to {@link #arrayEqual(MlxArray, boolean) arrayEqual(y, false)}. */
  default MlxArray arrayEqual(MlxArray y) {
    return arrayEqual(y, false);
  }

  /**
   * Tests whether two arrays have the same shape and equal elements. Mirrors {@code
   * mlx.core.array_equal}.
   *
   * @param y the other array
   * @param equalNan whether NaN equals NaN
   * @return a bool scalar
   */
  default MlxArray arrayEqual(MlxArray y, boolean equalNan) {
    return binary(
        "arrayEqual", (a, b, s) -> ElementwiseNative.array_equal(a, b, equalNan, s), this, y);
  }

  /**
   * Equivalent to {@link #allclose(MlxArray, double, double, boolean) allclose(y, 1e-5, 1e-8,
   * false)}.
   */
  default MlxArray allclose(MlxArray y) {
    return allclose(y, 1e-5, 1e-8, false);
  }

  /**
   * Equivalent to {@link #allclose(MlxArray, double, double, boolean) allclose(y, rtol, atol,
   * false)}.
   */
  default MlxArray allclose(MlxArray y, double rtol, double atol) {
    return allclose(y, rtol, atol, false);
  }

  /**
   * Tests whether all elements of two arrays are equal within a tolerance: {@code |x - y| <= atol +
   * rtol * |y|}. Mirrors {@code mlx.core.allclose}.
   *
   * @param y the other array
   * @param rtol the relative tolerance
   * @param atol the absolute tolerance
   * @param equalNan whether NaN equals NaN
   * @return a bool scalar
   * @throws IllegalArgumentException if the shapes cannot be broadcast
   */
  default MlxArray allclose(MlxArray y, double rtol, double atol, boolean equalNan) {
    return binary(
        "allclose",
        (a, b, s) -> ElementwiseNative.allclose(a, b, rtol, atol, equalNan, s),
        this,
        y);
  }

  /**
   * Equivalent to {@link #isclose(MlxArray, double, double, boolean) isclose(y, 1e-5, 1e-8,
   * false)}.
   */
  default MlxArray isclose(MlxArray y) {
    return isclose(y, 1e-5, 1e-8, false);
  }

  /**
   * Equivalent to {@link #isclose(MlxArray, double, double, boolean) isclose(y, rtol, atol,
   * false)}.
   */
  default MlxArray isclose(MlxArray y, double rtol, double atol) {
    return isclose(y, rtol, atol, false);
  }

  /**
   * Tests which elements of two arrays are equal within a tolerance: {@code |x - y| <= atol + rtol
   * * |y|}. Mirrors {@code mlx.core.isclose}.
   *
   * @param y the other array
   * @param rtol the relative tolerance
   * @param atol the absolute tolerance
   * @param equalNan whether NaN equals NaN
   * @return a bool array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast
   */
  default MlxArray isclose(MlxArray y, double rtol, double atol, boolean equalNan) {
    return binary(
        "isclose", (a, b, s) -> ElementwiseNative.isclose(a, b, rtol, atol, equalNan, s), this, y);
  }

  /**
   * Converts the elements to another dtype. Floating point numbers are truncated to integers, and
   * complex numbers lose their imaginary parts. Mirrors {@code mlx.core.astype}.
   *
   * @param dtype the dtype of the result
   * @return an array of the same shape
   */
  default MlxArray astype(DType dtype) {
    return unary(
        "astype", (a, s) -> ElementwiseNative.astype(a, Call.code("astype", dtype), s), this);
  }

  /**
   * Reinterprets the bytes of this array as another dtype. If the sizes of the two dtypes differ,
   * the size of the last axis changes. Mirrors {@code mlx.core.view}.
   *
   * @param dtype the dtype of the result
   * @return an array with as many axes
   * @throws IllegalArgumentException if the number of bytes of the last axis is not a multiple of
   *     the new dtype's size, or this array is a scalar and the two sizes differ
   */
  default MlxArray view(DType dtype) {
    return unary("view", (a, s) -> ElementwiseNative.view(a, Call.code("view", dtype), s), this);
  }
}
