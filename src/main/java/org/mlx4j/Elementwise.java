package org.mlx4j;

import static org.mlx4j.Call.binary;
import static org.mlx4j.Call.binaryToMany;
import static org.mlx4j.Call.rightWeak;
import static org.mlx4j.Call.unary;

import org.mlx4j.internal.ElementwiseNative;

/**
 * Operations that work element by element. They build a graph; nothing is computed before a value
 * is asked for.
 */
public sealed interface Elementwise permits MlxArray {
  /**
   * The absolute value, element by element; of a complex number its magnitude. Mirrors {@code
   * mlx.core.abs}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray abs() {
    return unary("abs", ElementwiseNative::abs, this);
  }

  /**
   * The array itself, as unary plus. Mirrors {@code mlx.core.positive}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray positive() {
    return unary("positive", ElementwiseNative::positive, this);
  }

  /**
   * The negative, element by element. Mirrors {@code mlx.core.negative}.
   *
   * @return an array of the same shape
   * @throws IllegalArgumentException for a bool array
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray negative() {
    return unary("negative", ElementwiseNative::negative, this);
  }

  /**
   * The sign, element by element: -1, 0 or 1; of a complex number the number divided by its
   * magnitude. Mirrors {@code mlx.core.sign}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray sign() {
    return unary("sign", ElementwiseNative::sign, this);
  }

  /**
   * True where the element is zero. Mirrors {@code mlx.core.logical_not}.
   *
   * @return a bool array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray logicalNot() {
    return unary("logicalNot", ElementwiseNative::logical_not, this);
  }

  /**
   * One divided by the element. Integer and bool input gives float32. Mirrors {@code
   * mlx.core.reciprocal}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray reciprocal() {
    return unary("reciprocal", ElementwiseNative::reciprocal, this);
  }

  /**
   * The largest integer not above the element, in the array's dtype. Mirrors {@code
   * mlx.core.floor}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray floor() {
    return unary("floor", ElementwiseNative::floor, this);
  }

  /**
   * The smallest integer not below the element, in the array's dtype. Mirrors {@code
   * mlx.core.ceil}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray ceil() {
    return unary("ceil", ElementwiseNative::ceil, this);
  }

  /**
   * The element without its fraction, in the array's dtype. Mirrors {@code mlx.core.trunc}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray trunc() {
    return unary("trunc", ElementwiseNative::trunc, this);
  }

  /**
   * The square, element by element. Mirrors {@code mlx.core.square}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray square() {
    return unary("square", ElementwiseNative::square, this);
  }

  /**
   * The exponential function, element by element. Integer and bool input gives float32. Mirrors
   * {@code mlx.core.exp}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray exp() {
    return unary("exp", ElementwiseNative::exp, this);
  }

  /**
   * {@code exp(x) - 1} without loss of precision near 0. Integer and bool input gives float32.
   * Mirrors {@code mlx.core.expm1}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray expm1() {
    return unary("expm1", ElementwiseNative::expm1, this);
  }

  /**
   * The sine of an angle in radians. Integer and bool input gives float32. Mirrors {@code
   * mlx.core.sin}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray sin() {
    return unary("sin", ElementwiseNative::sin, this);
  }

  /**
   * The cosine of an angle in radians. Integer and bool input gives float32. Mirrors {@code
   * mlx.core.cos}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray cos() {
    return unary("cos", ElementwiseNative::cos, this);
  }

  /**
   * The tangent of an angle in radians. Integer and bool input gives float32. Mirrors {@code
   * mlx.core.tan}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray tan() {
    return unary("tan", ElementwiseNative::tan, this);
  }

  /**
   * The inverse sine, in radians; NaN outside [-1, 1]. Integer and bool input gives float32.
   * Mirrors {@code mlx.core.arcsin}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray arcsin() {
    return unary("arcsin", ElementwiseNative::arcsin, this);
  }

  /**
   * The inverse cosine, in radians; NaN outside [-1, 1]. Integer and bool input gives float32.
   * Mirrors {@code mlx.core.arccos}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray arccos() {
    return unary("arccos", ElementwiseNative::arccos, this);
  }

  /**
   * The inverse tangent, in radians. Integer and bool input gives float32. Mirrors {@code
   * mlx.core.arctan}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray arctan() {
    return unary("arctan", ElementwiseNative::arctan, this);
  }

  /**
   * The hyperbolic sine. Integer and bool input gives float32. Mirrors {@code mlx.core.sinh}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray sinh() {
    return unary("sinh", ElementwiseNative::sinh, this);
  }

  /**
   * The hyperbolic cosine. Integer and bool input gives float32. Mirrors {@code mlx.core.cosh}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray cosh() {
    return unary("cosh", ElementwiseNative::cosh, this);
  }

  /**
   * The hyperbolic tangent. Integer and bool input gives float32. Mirrors {@code mlx.core.tanh}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray tanh() {
    return unary("tanh", ElementwiseNative::tanh, this);
  }

  /**
   * The inverse hyperbolic sine. Integer and bool input gives float32. Mirrors {@code
   * mlx.core.arcsinh}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray arcsinh() {
    return unary("arcsinh", ElementwiseNative::arcsinh, this);
  }

  /**
   * The inverse hyperbolic cosine; NaN below 1. Integer and bool input gives float32. Mirrors
   * {@code mlx.core.arccosh}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray arccosh() {
    return unary("arccosh", ElementwiseNative::arccosh, this);
  }

  /**
   * The inverse hyperbolic tangent; NaN outside [-1, 1]. Integer and bool input gives float32.
   * Mirrors {@code mlx.core.arctanh}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray arctanh() {
    return unary("arctanh", ElementwiseNative::arctanh, this);
  }

  /**
   * Angles in radians as degrees. Integer and bool input gives float32. Mirrors {@code
   * mlx.core.degrees}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray degrees() {
    return unary("degrees", ElementwiseNative::degrees, this);
  }

  /**
   * Angles in degrees as radians. Integer and bool input gives float32. Mirrors {@code
   * mlx.core.radians}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray radians() {
    return unary("radians", ElementwiseNative::radians, this);
  }

  /**
   * The natural logarithm. Integer and bool input gives float32. Mirrors {@code mlx.core.log}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray log() {
    return unary("log", ElementwiseNative::log, this);
  }

  /**
   * The logarithm to base 2. Integer and bool input gives float32. Mirrors {@code mlx.core.log2}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray log2() {
    return unary("log2", ElementwiseNative::log2, this);
  }

  /**
   * The logarithm to base 10. Integer and bool input gives float32. Mirrors {@code mlx.core.log10}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray log10() {
    return unary("log10", ElementwiseNative::log10, this);
  }

  /**
   * {@code log(1 + x)} without loss of precision near 0. Integer and bool input gives float32.
   * Mirrors {@code mlx.core.log1p}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray log1p() {
    return unary("log1p", ElementwiseNative::log1p, this);
  }

  /**
   * The logistic function {@code 1 / (1 + exp(-x))}. Integer and bool input gives float32. Mirrors
   * {@code mlx.core.sigmoid}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray sigmoid() {
    return unary("sigmoid", ElementwiseNative::sigmoid, this);
  }

  /**
   * The error function. Integer and bool input gives float32. Mirrors {@code mlx.core.erf}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray erf() {
    return unary("erf", ElementwiseNative::erf, this);
  }

  /**
   * The inverse of the error function; NaN outside [-1, 1]. Integer and bool input gives float32.
   * Mirrors {@code mlx.core.erfinv}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray erfinv() {
    return unary("erfinv", ElementwiseNative::erfinv, this);
  }

  /**
   * The square root; NaN for negative real elements. Integer and bool input gives float32. Mirrors
   * {@code mlx.core.sqrt}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray sqrt() {
    return unary("sqrt", ElementwiseNative::sqrt, this);
  }

  /**
   * One divided by the square root. Integer and bool input gives float32. Mirrors {@code
   * mlx.core.rsqrt}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray rsqrt() {
    return unary("rsqrt", ElementwiseNative::rsqrt, this);
  }

  /**
   * True where the element is NaN. Mirrors {@code mlx.core.isnan}.
   *
   * @return a bool array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray isnan() {
    return unary("isnan", ElementwiseNative::isnan, this);
  }

  /**
   * True where the element is infinite. Mirrors {@code mlx.core.isinf}.
   *
   * @return a bool array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray isinf() {
    return unary("isinf", ElementwiseNative::isinf, this);
  }

  /**
   * True where the element is neither infinite nor NaN. Mirrors {@code mlx.core.isfinite}.
   *
   * @return a bool array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray isfinite() {
    return unary("isfinite", ElementwiseNative::isfinite, this);
  }

  /**
   * True where the element is positive infinity. Mirrors {@code mlx.core.isposinf}.
   *
   * @return a bool array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray isposinf() {
    return unary("isposinf", ElementwiseNative::isposinf, this);
  }

  /**
   * True where the element is negative infinity. Mirrors {@code mlx.core.isneginf}.
   *
   * @return a bool array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray isneginf() {
    return unary("isneginf", ElementwiseNative::isneginf, this);
  }

  /**
   * The complex conjugate; a real array is returned as it is. Mirrors {@code mlx.core.conjugate}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray conjugate() {
    return unary("conjugate", ElementwiseNative::conjugate, this);
  }

  /**
   * The complex conjugate: {@link #conjugate()}, in short. Mirrors {@code mlx.core.conj}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray conj() {
    return conjugate();
  }

  /**
   * The real part of a complex array; a real array is returned as it is. Mirrors {@code
   * mlx.core.real}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray real() {
    return unary("real", ElementwiseNative::real, this);
  }

  /**
   * The imaginary part of a complex array; zeros for a real array. Mirrors {@code mlx.core.imag}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray imag() {
    return unary("imag", ElementwiseNative::imag, this);
  }

  /**
   * Every bit inverted; of a bool array the negation. Mirrors {@code mlx.core.bitwise_invert}.
   *
   * @return an array of the same shape
   * @throws IllegalArgumentException unless the array is of integer or bool dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray bitwiseInvert() {
    return unary("bitwiseInvert", ElementwiseNative::bitwise_invert, this);
  }

  /**
   * The same values, through which no gradient flows. Mirrors {@code mlx.core.stop_gradient}.
   *
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray stopGradient() {
    return unary("stopGradient", ElementwiseNative::stop_gradient, this);
  }

  /**
   * Rounds to the nearest integer, halves to the even one. Mirrors {@code mlx.core.round}.
   *
   * @return an array of the same shape and dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray round() {
    return round(0);
  }

  /**
   * Rounds to a number of decimals, halves to the even neighbour. Mirrors {@code mlx.core.round}.
   *
   * @param decimals digits to keep after the decimal point; negative to round before it
   * @return an array of the same shape and dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray round(int decimals) {
    return unary("round", (a, s) -> ElementwiseNative.round(a, decimals, s), this);
  }

  /**
   * The sum, element by element. Mirrors {@code mlx.core.add}.
   *
   * @param y the other operand, of a shape that broadcasts with this one; the dtypes are promoted
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast to one
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray add(MlxArray y) {
    return binary("add", ElementwiseNative::add, this, y);
  }

  /**
   * The sum, element by element. Mirrors {@code mlx.core.add}.
   *
   * @param y the other operand, which takes the array's dtype, or float32 beside integers and bools
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray add(double y) {
    return rightWeak("add", ElementwiseNative::add, this, y);
  }

  /**
   * The sum, element by element. Mirrors {@code mlx.core.add}.
   *
   * @param y the other operand, which takes the array's dtype, or int32 beside bools
   * @return an array of the same shape
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray add(long y) {
    return rightWeak("add", ElementwiseNative::add, this, y);
  }

  /**
   * The difference, element by element. Mirrors {@code mlx.core.subtract}.
   *
   * @param y the other operand, of a shape that broadcasts with this one; the dtypes are promoted
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast to one
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray subtract(MlxArray y) {
    return binary("subtract", ElementwiseNative::subtract, this, y);
  }

  /**
   * The difference, element by element. Mirrors {@code mlx.core.subtract}.
   *
   * @param y the other operand, which takes the array's dtype, or float32 beside integers and bools
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray subtract(double y) {
    return rightWeak("subtract", ElementwiseNative::subtract, this, y);
  }

  /**
   * The difference, element by element. Mirrors {@code mlx.core.subtract}.
   *
   * @param y the other operand, which takes the array's dtype, or int32 beside bools
   * @return an array of the same shape
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray subtract(long y) {
    return rightWeak("subtract", ElementwiseNative::subtract, this, y);
  }

  /**
   * The product, element by element. Mirrors {@code mlx.core.multiply}.
   *
   * @param y the other operand, of a shape that broadcasts with this one; the dtypes are promoted
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast to one
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray multiply(MlxArray y) {
    return binary("multiply", ElementwiseNative::multiply, this, y);
  }

  /**
   * The product, element by element. Mirrors {@code mlx.core.multiply}.
   *
   * @param y the other operand, which takes the array's dtype, or float32 beside integers and bools
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray multiply(double y) {
    return rightWeak("multiply", ElementwiseNative::multiply, this, y);
  }

  /**
   * The product, element by element. Mirrors {@code mlx.core.multiply}.
   *
   * @param y the other operand, which takes the array's dtype, or int32 beside bools
   * @return an array of the same shape
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray multiply(long y) {
    return rightWeak("multiply", ElementwiseNative::multiply, this, y);
  }

  /**
   * The quotient, element by element, in floating point: integer input gives float32; division by
   * zero gives an infinity or NaN. Mirrors {@code mlx.core.divide}.
   *
   * @param y the other operand, of a shape that broadcasts with this one; the dtypes are promoted
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast to one
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray divide(MlxArray y) {
    return binary("divide", ElementwiseNative::divide, this, y);
  }

  /**
   * The quotient, element by element, in floating point: integer input gives float32; division by
   * zero gives an infinity or NaN. Mirrors {@code mlx.core.divide}.
   *
   * @param y the other operand, which takes the array's dtype, or float32 beside integers and bools
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray divide(double y) {
    return rightWeak("divide", ElementwiseNative::divide, this, y);
  }

  /**
   * The quotient, element by element, in floating point: integer input gives float32; division by
   * zero gives an infinity or NaN. Mirrors {@code mlx.core.divide}.
   *
   * @param y the other operand, which takes the array's dtype, or int32 beside bools
   * @return an array of the same shape
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray divide(long y) {
    return rightWeak("divide", ElementwiseNative::divide, this, y);
  }

  /**
   * The quotient rounded down, element by element, as Python's {@code //}. For integers, division
   * by zero has no defined result. Mirrors {@code mlx.core.floor_divide}.
   *
   * @param y the other operand, of a shape that broadcasts with this one; the dtypes are promoted
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast to one
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray floorDivide(MlxArray y) {
    return binary("floorDivide", ElementwiseNative::floor_divide, this, y);
  }

  /**
   * The quotient rounded down, element by element, as Python's {@code //}. For integers, division
   * by zero has no defined result. Mirrors {@code mlx.core.floor_divide}.
   *
   * @param y the other operand, which takes the array's dtype, or float32 beside integers and bools
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray floorDivide(double y) {
    return rightWeak("floorDivide", ElementwiseNative::floor_divide, this, y);
  }

  /**
   * The quotient rounded down, element by element, as Python's {@code //}. For integers, division
   * by zero has no defined result. Mirrors {@code mlx.core.floor_divide}.
   *
   * @param y the other operand, which takes the array's dtype, or int32 beside bools
   * @return an array of the same shape
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray floorDivide(long y) {
    return rightWeak("floorDivide", ElementwiseNative::floor_divide, this, y);
  }

  /**
   * The remainder of {@link #floorDivide}, with the sign of the divisor, as Python's {@code %}. For
   * integers, division by zero has no defined result. Mirrors {@code mlx.core.remainder}.
   *
   * @param y the other operand, of a shape that broadcasts with this one; the dtypes are promoted
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast to one
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray remainder(MlxArray y) {
    return binary("remainder", ElementwiseNative::remainder, this, y);
  }

  /**
   * The remainder of {@link #floorDivide}, with the sign of the divisor, as Python's {@code %}. For
   * integers, division by zero has no defined result. Mirrors {@code mlx.core.remainder}.
   *
   * @param y the other operand, which takes the array's dtype, or float32 beside integers and bools
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray remainder(double y) {
    return rightWeak("remainder", ElementwiseNative::remainder, this, y);
  }

  /**
   * The remainder of {@link #floorDivide}, with the sign of the divisor, as Python's {@code %}. For
   * integers, division by zero has no defined result. Mirrors {@code mlx.core.remainder}.
   *
   * @param y the other operand, which takes the array's dtype, or int32 beside bools
   * @return an array of the same shape
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray remainder(long y) {
    return rightWeak("remainder", ElementwiseNative::remainder, this, y);
  }

  /**
   * The first operand raised to the power of the second. Mirrors {@code mlx.core.power}.
   *
   * @param y the other operand, of a shape that broadcasts with this one; the dtypes are promoted
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast to one
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray power(MlxArray y) {
    return binary("power", ElementwiseNative::power, this, y);
  }

  /**
   * The first operand raised to the power of the second. Mirrors {@code mlx.core.power}.
   *
   * @param y the other operand, which takes the array's dtype, or float32 beside integers and bools
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray power(double y) {
    return rightWeak("power", ElementwiseNative::power, this, y);
  }

  /**
   * The first operand raised to the power of the second. Mirrors {@code mlx.core.power}.
   *
   * @param y the other operand, which takes the array's dtype, or int32 beside bools
   * @return an array of the same shape
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray power(long y) {
    return rightWeak("power", ElementwiseNative::power, this, y);
  }

  /**
   * The larger element; NaN where either is NaN. Mirrors {@code mlx.core.maximum}.
   *
   * @param y the other operand, of a shape that broadcasts with this one; the dtypes are promoted
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast to one
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray maximum(MlxArray y) {
    return binary("maximum", ElementwiseNative::maximum, this, y);
  }

  /**
   * The larger element; NaN where either is NaN. Mirrors {@code mlx.core.maximum}.
   *
   * @param y the other operand, which takes the array's dtype, or float32 beside integers and bools
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray maximum(double y) {
    return rightWeak("maximum", ElementwiseNative::maximum, this, y);
  }

  /**
   * The larger element; NaN where either is NaN. Mirrors {@code mlx.core.maximum}.
   *
   * @param y the other operand, which takes the array's dtype, or int32 beside bools
   * @return an array of the same shape
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray maximum(long y) {
    return rightWeak("maximum", ElementwiseNative::maximum, this, y);
  }

  /**
   * The smaller element; NaN where either is NaN. Mirrors {@code mlx.core.minimum}.
   *
   * @param y the other operand, of a shape that broadcasts with this one; the dtypes are promoted
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast to one
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray minimum(MlxArray y) {
    return binary("minimum", ElementwiseNative::minimum, this, y);
  }

  /**
   * The smaller element; NaN where either is NaN. Mirrors {@code mlx.core.minimum}.
   *
   * @param y the other operand, which takes the array's dtype, or float32 beside integers and bools
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray minimum(double y) {
    return rightWeak("minimum", ElementwiseNative::minimum, this, y);
  }

  /**
   * The smaller element; NaN where either is NaN. Mirrors {@code mlx.core.minimum}.
   *
   * @param y the other operand, which takes the array's dtype, or int32 beside bools
   * @return an array of the same shape
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray minimum(long y) {
    return rightWeak("minimum", ElementwiseNative::minimum, this, y);
  }

  /**
   * {@code log(exp(x) + exp(y))} without overflow. Mirrors {@code mlx.core.logaddexp}.
   *
   * @param y the other operand, of a shape that broadcasts with this one; the dtypes are promoted
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast to one
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray logaddexp(MlxArray y) {
    return binary("logaddexp", ElementwiseNative::logaddexp, this, y);
  }

  /**
   * {@code log(exp(x) + exp(y))} without overflow. Mirrors {@code mlx.core.logaddexp}.
   *
   * @param y the other operand, which takes the array's dtype, or float32 beside integers and bools
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray logaddexp(double y) {
    return rightWeak("logaddexp", ElementwiseNative::logaddexp, this, y);
  }

  /**
   * {@code log(exp(x) + exp(y))} without overflow. Mirrors {@code mlx.core.logaddexp}.
   *
   * @param y the other operand, which takes the array's dtype, or int32 beside bools
   * @return an array of the same shape
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray logaddexp(long y) {
    return rightWeak("logaddexp", ElementwiseNative::logaddexp, this, y);
  }

  /**
   * The angle in radians of the point {@code (y, x)}, where this array holds y and the argument x,
   * in the right quadrant. Mirrors {@code mlx.core.arctan2}.
   *
   * @param y the other operand, of a shape that broadcasts with this one; the dtypes are promoted
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast to one
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray arctan2(MlxArray y) {
    return binary("arctan2", ElementwiseNative::arctan2, this, y);
  }

  /**
   * The angle in radians of the point {@code (y, x)}, where this array holds y and the argument x,
   * in the right quadrant. Mirrors {@code mlx.core.arctan2}.
   *
   * @param y the other operand, which takes the array's dtype, or float32 beside integers and bools
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray arctan2(double y) {
    return rightWeak("arctan2", ElementwiseNative::arctan2, this, y);
  }

  /**
   * The angle in radians of the point {@code (y, x)}, where this array holds y and the argument x,
   * in the right quadrant. Mirrors {@code mlx.core.arctan2}.
   *
   * @param y the other operand, which takes the array's dtype, or int32 beside bools
   * @return an array of the same shape
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray arctan2(long y) {
    return rightWeak("arctan2", ElementwiseNative::arctan2, this, y);
  }

  /**
   * True where the elements are equal; NaN equals nothing. Mirrors {@code mlx.core.equal}.
   *
   * @param y the other operand, of a shape that broadcasts with this one; the dtypes are promoted
   * @return a bool array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast to one
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray equal(MlxArray y) {
    return binary("equal", ElementwiseNative::equal, this, y);
  }

  /**
   * True where the elements are equal; NaN equals nothing. Mirrors {@code mlx.core.equal}.
   *
   * @param y the other operand, which takes the array's dtype, or float32 beside integers and bools
   * @return a bool array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray equal(double y) {
    return rightWeak("equal", ElementwiseNative::equal, this, y);
  }

  /**
   * True where the elements are equal; NaN equals nothing. Mirrors {@code mlx.core.equal}.
   *
   * @param y the other operand, which takes the array's dtype, or int32 beside bools
   * @return a bool array of the same shape
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray equal(long y) {
    return rightWeak("equal", ElementwiseNative::equal, this, y);
  }

  /**
   * True where the elements differ. Mirrors {@code mlx.core.not_equal}.
   *
   * @param y the other operand, of a shape that broadcasts with this one; the dtypes are promoted
   * @return a bool array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast to one
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray notEqual(MlxArray y) {
    return binary("notEqual", ElementwiseNative::not_equal, this, y);
  }

  /**
   * True where the elements differ. Mirrors {@code mlx.core.not_equal}.
   *
   * @param y the other operand, which takes the array's dtype, or float32 beside integers and bools
   * @return a bool array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray notEqual(double y) {
    return rightWeak("notEqual", ElementwiseNative::not_equal, this, y);
  }

  /**
   * True where the elements differ. Mirrors {@code mlx.core.not_equal}.
   *
   * @param y the other operand, which takes the array's dtype, or int32 beside bools
   * @return a bool array of the same shape
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray notEqual(long y) {
    return rightWeak("notEqual", ElementwiseNative::not_equal, this, y);
  }

  /**
   * True where this element is less. Mirrors {@code mlx.core.less}.
   *
   * @param y the other operand, of a shape that broadcasts with this one; the dtypes are promoted
   * @return a bool array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast to one
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray less(MlxArray y) {
    return binary("less", ElementwiseNative::less, this, y);
  }

  /**
   * True where this element is less. Mirrors {@code mlx.core.less}.
   *
   * @param y the other operand, which takes the array's dtype, or float32 beside integers and bools
   * @return a bool array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray less(double y) {
    return rightWeak("less", ElementwiseNative::less, this, y);
  }

  /**
   * True where this element is less. Mirrors {@code mlx.core.less}.
   *
   * @param y the other operand, which takes the array's dtype, or int32 beside bools
   * @return a bool array of the same shape
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray less(long y) {
    return rightWeak("less", ElementwiseNative::less, this, y);
  }

  /**
   * True where this element is less or equal. Mirrors {@code mlx.core.less_equal}.
   *
   * @param y the other operand, of a shape that broadcasts with this one; the dtypes are promoted
   * @return a bool array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast to one
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray lessEqual(MlxArray y) {
    return binary("lessEqual", ElementwiseNative::less_equal, this, y);
  }

  /**
   * True where this element is less or equal. Mirrors {@code mlx.core.less_equal}.
   *
   * @param y the other operand, which takes the array's dtype, or float32 beside integers and bools
   * @return a bool array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray lessEqual(double y) {
    return rightWeak("lessEqual", ElementwiseNative::less_equal, this, y);
  }

  /**
   * True where this element is less or equal. Mirrors {@code mlx.core.less_equal}.
   *
   * @param y the other operand, which takes the array's dtype, or int32 beside bools
   * @return a bool array of the same shape
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray lessEqual(long y) {
    return rightWeak("lessEqual", ElementwiseNative::less_equal, this, y);
  }

  /**
   * True where this element is greater. Mirrors {@code mlx.core.greater}.
   *
   * @param y the other operand, of a shape that broadcasts with this one; the dtypes are promoted
   * @return a bool array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast to one
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray greater(MlxArray y) {
    return binary("greater", ElementwiseNative::greater, this, y);
  }

  /**
   * True where this element is greater. Mirrors {@code mlx.core.greater}.
   *
   * @param y the other operand, which takes the array's dtype, or float32 beside integers and bools
   * @return a bool array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray greater(double y) {
    return rightWeak("greater", ElementwiseNative::greater, this, y);
  }

  /**
   * True where this element is greater. Mirrors {@code mlx.core.greater}.
   *
   * @param y the other operand, which takes the array's dtype, or int32 beside bools
   * @return a bool array of the same shape
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray greater(long y) {
    return rightWeak("greater", ElementwiseNative::greater, this, y);
  }

  /**
   * True where this element is greater or equal. Mirrors {@code mlx.core.greater_equal}.
   *
   * @param y the other operand, of a shape that broadcasts with this one; the dtypes are promoted
   * @return a bool array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast to one
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray greaterEqual(MlxArray y) {
    return binary("greaterEqual", ElementwiseNative::greater_equal, this, y);
  }

  /**
   * True where this element is greater or equal. Mirrors {@code mlx.core.greater_equal}.
   *
   * @param y the other operand, which takes the array's dtype, or float32 beside integers and bools
   * @return a bool array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray greaterEqual(double y) {
    return rightWeak("greaterEqual", ElementwiseNative::greater_equal, this, y);
  }

  /**
   * True where this element is greater or equal. Mirrors {@code mlx.core.greater_equal}.
   *
   * @param y the other operand, which takes the array's dtype, or int32 beside bools
   * @return a bool array of the same shape
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray greaterEqual(long y) {
    return rightWeak("greaterEqual", ElementwiseNative::greater_equal, this, y);
  }

  /**
   * True where both elements are non-zero. Mirrors {@code mlx.core.logical_and}.
   *
   * @param y the other operand, of a shape that broadcasts with this one; the dtypes are promoted
   * @return a bool array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast to one
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray logicalAnd(MlxArray y) {
    return binary("logicalAnd", ElementwiseNative::logical_and, this, y);
  }

  /**
   * True where both elements are non-zero. Mirrors {@code mlx.core.logical_and}.
   *
   * @param y the other operand, which takes the array's dtype, or float32 beside integers and bools
   * @return a bool array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray logicalAnd(double y) {
    return rightWeak("logicalAnd", ElementwiseNative::logical_and, this, y);
  }

  /**
   * True where both elements are non-zero. Mirrors {@code mlx.core.logical_and}.
   *
   * @param y the other operand, which takes the array's dtype, or int32 beside bools
   * @return a bool array of the same shape
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray logicalAnd(long y) {
    return rightWeak("logicalAnd", ElementwiseNative::logical_and, this, y);
  }

  /**
   * True where one of the elements is non-zero. Mirrors {@code mlx.core.logical_or}.
   *
   * @param y the other operand, of a shape that broadcasts with this one; the dtypes are promoted
   * @return a bool array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast to one
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray logicalOr(MlxArray y) {
    return binary("logicalOr", ElementwiseNative::logical_or, this, y);
  }

  /**
   * True where one of the elements is non-zero. Mirrors {@code mlx.core.logical_or}.
   *
   * @param y the other operand, which takes the array's dtype, or float32 beside integers and bools
   * @return a bool array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray logicalOr(double y) {
    return rightWeak("logicalOr", ElementwiseNative::logical_or, this, y);
  }

  /**
   * True where one of the elements is non-zero. Mirrors {@code mlx.core.logical_or}.
   *
   * @param y the other operand, which takes the array's dtype, or int32 beside bools
   * @return a bool array of the same shape
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray logicalOr(long y) {
    return rightWeak("logicalOr", ElementwiseNative::logical_or, this, y);
  }

  /**
   * True where exactly one of the elements is non-zero. Mirrors {@code mlx.core.logical_xor}.
   *
   * @param y the other operand, of a shape that broadcasts with this one; the dtypes are promoted
   * @return a bool array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast to one
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray logicalXor(MlxArray y) {
    return binary("logicalXor", ElementwiseNative::logical_xor, this, y);
  }

  /**
   * True where exactly one of the elements is non-zero. Mirrors {@code mlx.core.logical_xor}.
   *
   * @param y the other operand, which takes the array's dtype, or float32 beside integers and bools
   * @return a bool array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray logicalXor(double y) {
    return rightWeak("logicalXor", ElementwiseNative::logical_xor, this, y);
  }

  /**
   * True where exactly one of the elements is non-zero. Mirrors {@code mlx.core.logical_xor}.
   *
   * @param y the other operand, which takes the array's dtype, or int32 beside bools
   * @return a bool array of the same shape
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray logicalXor(long y) {
    return rightWeak("logicalXor", ElementwiseNative::logical_xor, this, y);
  }

  /**
   * The bits that are set in both elements. Mirrors {@code mlx.core.bitwise_and}.
   *
   * @param y the other operand, of a shape that broadcasts with this one; the dtypes are promoted
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast to one, or an array is not
   *     of integer or bool dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray bitwiseAnd(MlxArray y) {
    return binary("bitwiseAnd", ElementwiseNative::bitwise_and, this, y);
  }

  /**
   * The bits that are set in both elements. Mirrors {@code mlx.core.bitwise_and}.
   *
   * @param y the other operand, which takes the array's dtype, or int32 beside bools
   * @return an array of the same shape
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray bitwiseAnd(long y) {
    return rightWeak("bitwiseAnd", ElementwiseNative::bitwise_and, this, y);
  }

  /**
   * The bits that are set in one of the elements. Mirrors {@code mlx.core.bitwise_or}.
   *
   * @param y the other operand, of a shape that broadcasts with this one; the dtypes are promoted
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast to one, or an array is not
   *     of integer or bool dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray bitwiseOr(MlxArray y) {
    return binary("bitwiseOr", ElementwiseNative::bitwise_or, this, y);
  }

  /**
   * The bits that are set in one of the elements. Mirrors {@code mlx.core.bitwise_or}.
   *
   * @param y the other operand, which takes the array's dtype, or int32 beside bools
   * @return an array of the same shape
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray bitwiseOr(long y) {
    return rightWeak("bitwiseOr", ElementwiseNative::bitwise_or, this, y);
  }

  /**
   * The bits that are set in exactly one of the elements. Mirrors {@code mlx.core.bitwise_xor}.
   *
   * @param y the other operand, of a shape that broadcasts with this one; the dtypes are promoted
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast to one, or an array is not
   *     of integer or bool dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray bitwiseXor(MlxArray y) {
    return binary("bitwiseXor", ElementwiseNative::bitwise_xor, this, y);
  }

  /**
   * The bits that are set in exactly one of the elements. Mirrors {@code mlx.core.bitwise_xor}.
   *
   * @param y the other operand, which takes the array's dtype, or int32 beside bools
   * @return an array of the same shape
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray bitwiseXor(long y) {
    return rightWeak("bitwiseXor", ElementwiseNative::bitwise_xor, this, y);
  }

  /**
   * The bits of this element shifted left by the argument. Shifted by as many bits as the element
   * has, or more, it is 0, as with NumPy; a negative shift counts as such. Mirrors {@code
   * mlx.core.left_shift}, where such shifts are not defined.
   *
   * @param y the other operand, of a shape that broadcasts with this one; the dtypes are promoted
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast to one, or an array is not
   *     of integer or bool dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray leftShift(MlxArray y) {
    return binary("leftShift", ElementwiseNative::left_shift, this, y);
  }

  /**
   * The bits of this element shifted left by the argument. Shifted by as many bits as the element
   * has, or more, it is 0, as with NumPy; a negative shift counts as such. Mirrors {@code
   * mlx.core.left_shift}, where such shifts are not defined.
   *
   * @param y the other operand, which takes the array's dtype, or int32 beside bools
   * @return an array of the same shape
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray leftShift(long y) {
    return rightWeak("leftShift", ElementwiseNative::left_shift, this, y);
  }

  /**
   * The bits of this element shifted right by the argument. Shifted by as many bits as the element
   * has, or more, it is 0, or -1 if it was negative, as with NumPy; a negative shift counts as
   * such. Mirrors {@code mlx.core.right_shift}, where such shifts are not defined.
   *
   * @param y the other operand, of a shape that broadcasts with this one; the dtypes are promoted
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast to one, or an array is not
   *     of integer or bool dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray rightShift(MlxArray y) {
    return binary("rightShift", ElementwiseNative::right_shift, this, y);
  }

  /**
   * The bits of this element shifted right by the argument. Shifted by as many bits as the element
   * has, or more, it is 0, or -1 if it was negative, as with NumPy; a negative shift counts as
   * such. Mirrors {@code mlx.core.right_shift}, where such shifts are not defined.
   *
   * @param y the other operand, which takes the array's dtype, or int32 beside bools
   * @return an array of the same shape
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray rightShift(long y) {
    return rightWeak("rightShift", ElementwiseNative::right_shift, this, y);
  }

  /**
   * The quotient rounded down and the remainder, element by element, as Python's {@code divmod}.
   * Division of integers by zero throws when the divisor is known; otherwise its result is not
   * defined. Mirrors {@code mlx.core.divmod}.
   *
   * @param y the divisor, of a shape that broadcasts with this one
   * @return quotient and remainder, each of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast to one
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray[] divmod(MlxArray y) {
    return binaryToMany("divmod", ElementwiseNative::divmod, this, y);
  }

  /**
   * The quotient rounded down and the remainder, element by element, as Python's {@code divmod}.
   * Mirrors {@code mlx.core.divmod}.
   *
   * @param y the divisor, which takes the array's dtype, or float32 beside integers and bools
   * @return quotient and remainder, each of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray[] divmod(double y) {
    try (MlxArray number = Call.weak("divmod", (MlxArray) this, y)) {
      return divmod(number);
    }
  }

  /**
   * The quotient rounded down and the remainder, element by element, as Python's {@code divmod}.
   * Mirrors {@code mlx.core.divmod}.
   *
   * @param y the divisor, which takes the array's dtype, or int32 beside bools
   * @return quotient and remainder, each of the same shape
   * @throws IllegalArgumentException if the number does not fit the dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray[] divmod(long y) {
    try (MlxArray number = Call.weak("divmod", (MlxArray) this, y)) {
      return divmod(number);
    }
  }

  /**
   * Limits the elements to an interval. Mirrors {@code mlx.core.clip}.
   *
   * @param min the lower limit, which takes the array's dtype
   * @param max the upper limit, which takes the array's dtype
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray clip(double min, double max) {
    return Ops.clip((MlxArray) this, x -> x.maximum(min), x -> x.minimum(max));
  }

  /**
   * Limits the elements to an interval. Mirrors {@code mlx.core.clip}.
   *
   * @param min the lower limit, which takes the array's dtype
   * @param max the upper limit, which takes the array's dtype
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray clip(long min, long max) {
    return Ops.clip((MlxArray) this, x -> x.maximum(min), x -> x.minimum(max));
  }

  /**
   * Limits the elements to an interval. Mirrors {@code mlx.core.clip}.
   *
   * @param min the lower limit, or null for none
   * @param max the upper limit, or null for none
   * @return an array of the broadcast shape
   * @throws IllegalArgumentException if both limits are null or the shapes cannot be broadcast to
   *     one
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray clip(MlxArray min, MlxArray max) {
    return Ops.clip((MlxArray) this, min, max);
  }

  /**
   * Replaces NaN by 0 and infinities by the largest and smallest finite numbers of the dtype.
   * Mirrors {@code mlx.core.nan_to_num}.
   *
   * @return an array of the same shape and dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray nanToNum() {
    return unary(
        "nanToNum", (a, s) -> ElementwiseNative.nan_to_num(a, 0, Float.NaN, Float.NaN, s), this);
  }

  /**
   * Replaces NaN and infinities. Mirrors {@code mlx.core.nan_to_num}.
   *
   * @param nan what replaces NaN
   * @param posinf what replaces positive infinity; NaN for the largest number of the dtype
   * @param neginf what replaces negative infinity; NaN for the smallest number of the dtype
   * @return an array of the same shape and dtype
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray nanToNum(float nan, float posinf, float neginf) {
    return unary(
        "nanToNum", (a, s) -> ElementwiseNative.nan_to_num(a, nan, posinf, neginf, s), this);
  }

  /**
   * Whether two arrays have the same shape and equal elements. Mirrors {@code
   * mlx.core.array_equal}.
   *
   * @param y the other array
   * @return a bool scalar
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray arrayEqual(MlxArray y) {
    return arrayEqual(y, false);
  }

  /**
   * Whether two arrays have the same shape and equal elements. Mirrors {@code
   * mlx.core.array_equal}.
   *
   * @param y the other array
   * @param equalNan whether NaN equals NaN
   * @return a bool scalar
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray arrayEqual(MlxArray y, boolean equalNan) {
    return binary(
        "arrayEqual", (a, b, s) -> ElementwiseNative.array_equal(a, b, equalNan, s), this, y);
  }

  /**
   * Whether all elements of two arrays are equal within a tolerance: {@code |x - y| <= atol + rtol
   * * |y|} with {@code rtol} 1e-5 and {@code atol} 1e-8. Mirrors {@code mlx.core.allclose}.
   *
   * @param y the other array
   * @return a bool scalar
   * @throws IllegalArgumentException if the shapes cannot be broadcast to one
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray allclose(MlxArray y) {
    return allclose(y, 1e-5, 1e-8, false);
  }

  /**
   * Whether all elements of two arrays are equal within a tolerance: {@code |x - y| <= atol + rtol
   * * |y|}. Mirrors {@code mlx.core.allclose}.
   *
   * @param y the other array
   * @param rtol the relative tolerance
   * @param atol the absolute tolerance
   * @return a bool scalar
   * @throws IllegalArgumentException if the shapes cannot be broadcast to one
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray allclose(MlxArray y, double rtol, double atol) {
    return allclose(y, rtol, atol, false);
  }

  /**
   * Whether all elements of two arrays are equal within a tolerance: {@code |x - y| <= atol + rtol
   * * |y|}. Mirrors {@code mlx.core.allclose}.
   *
   * @param y the other array
   * @param rtol the relative tolerance
   * @param atol the absolute tolerance
   * @param equalNan whether NaN equals NaN
   * @return a bool scalar
   * @throws IllegalArgumentException if the shapes cannot be broadcast to one
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray allclose(MlxArray y, double rtol, double atol, boolean equalNan) {
    return binary(
        "allclose",
        (a, b, s) -> ElementwiseNative.allclose(a, b, rtol, atol, equalNan, s),
        this,
        y);
  }

  /**
   * True where two elements are equal within a tolerance: {@code |x - y| <= atol + rtol * |y|} with
   * {@code rtol} 1e-5 and {@code atol} 1e-8. Mirrors {@code mlx.core.isclose}.
   *
   * @param y the other array
   * @return a bool array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast to one
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray isclose(MlxArray y) {
    return isclose(y, 1e-5, 1e-8, false);
  }

  /**
   * True where two elements are equal within a tolerance: {@code |x - y| <= atol + rtol * |y|}.
   * Mirrors {@code mlx.core.isclose}.
   *
   * @param y the other array
   * @param rtol the relative tolerance
   * @param atol the absolute tolerance
   * @return a bool array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast to one
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray isclose(MlxArray y, double rtol, double atol) {
    return isclose(y, rtol, atol, false);
  }

  /**
   * True where two elements are equal within a tolerance: {@code |x - y| <= atol + rtol * |y|}.
   * Mirrors {@code mlx.core.isclose}.
   *
   * @param y the other array
   * @param rtol the relative tolerance
   * @param atol the absolute tolerance
   * @param equalNan whether NaN equals NaN
   * @return a bool array of the broadcast shape
   * @throws IllegalArgumentException if the shapes cannot be broadcast to one
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray isclose(MlxArray y, double rtol, double atol, boolean equalNan) {
    return binary(
        "isclose", (a, b, s) -> ElementwiseNative.isclose(a, b, rtol, atol, equalNan, s), this, y);
  }

  /**
   * The elements converted to another dtype. A floating point number is cut off to an integer; a
   * complex number loses its imaginary part. Mirrors {@code mlx.core.astype}.
   *
   * @param dtype the dtype of the result
   * @return an array of the same shape
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray astype(DType dtype) {
    return unary(
        "astype", (a, s) -> ElementwiseNative.astype(a, Call.code("astype", dtype), s), this);
  }

  /**
   * The same bytes seen as another dtype. The last axis changes in size when the dtypes' sizes
   * differ. Mirrors {@code mlx.core.view}.
   *
   * @param dtype the dtype of the result
   * @return an array
   * @throws IllegalArgumentException if the bytes of the last axis cannot be divided so
   * @throws IllegalStateException if an array is closed
   */
  default MlxArray view(DType dtype) {
    return unary("view", (a, s) -> ElementwiseNative.view(a, Call.code("view", dtype), s), this);
  }
}
