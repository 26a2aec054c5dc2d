#include <limits>

#include "rules/derivative_rules.h"

namespace mlx4j {

namespace {

// ---- reductions and scans -------------------------------------------------------------------------
// For several equal extrema, MLX's jvp takes the tangent of one, while its vjp divides the cotangent among all. It also
// treats `any` and `all` as products.
Arrays reduce_jvp(mx::Reduce& self, const Arrays& primals, const Arrays& tangents, const Argnums& argnums) {
  const auto s = self.stream();
  const auto [type, axes] = self.state();
  const auto& x = primals[0];
  if (type == mx::Reduce::Max || type == mx::Reduce::Min) {
    const auto extremum = type == mx::Reduce::Max ? mx::max(x, axes, true, s) : mx::min(x, axes, true, s);
    const auto extreme = mx::equal(x, extremum, s);
    const auto count = mx::sum(mx::astype(extreme, tangents[0].dtype(), s), axes, true, s);
    const auto sum = mx::sum(mx::where(extreme, tangents[0], number(0, tangents[0]), s), axes, true, s);
    return {mx::divide(sum, count, s)};
  }
  return upstream_jvp<mx::Reduce>(self, primals, tangents, argnums);
}

mx::array ramp_along(const mx::array& a, int axis, mx::Stream s) {  // 0, 1, 2, … for any size
  return mx::cumsum(mx::ones_like(mx::astype(a, mx::int32, s), s), axis, false, false, s);
}

// Returns the position that the running extremum comes from: of equal elements, the one met last. NaN counts as an
// extremum.
mx::array owner_of_extremum(bool largest, const mx::array& x, int axis, bool reverse, mx::Stream s) {
  const auto running = largest ? mx::cummax(x, axis, reverse, true, s) : mx::cummin(x, axis, reverse, true, s);
  const auto met = mx::logical_or(mx::equal(x, running, s), mx::isnan(x, s), s);
  const auto ramp = ramp_along(x, axis, s);
  const auto neutral = reverse ? mx::max(ramp, axis, true, s) : number(0, ramp);
  const auto places = mx::where(met, ramp, neutral, s);
  return mx::stop_gradient(reverse ? mx::cummin(places, axis, true, true, s) : mx::cummax(places, axis, false, true, s),
                           s);
}

// Converts the result of an inclusive scan to that of an exclusive one: shifted by one element, with 0 in the free
// position; or back.
mx::array moved_on(const mx::array& a, int axis, bool towards_higher, mx::Stream s) {
  const auto ramp = ramp_along(a, axis, s);
  const auto last = mx::max(ramp, axis, true, s);
  const auto from = mx::add(ramp, mx::array(towards_higher ? -1 : 1), s);
  const auto inside = mx::logical_and(mx::greater_equal(from, mx::array(0), s), mx::less_equal(from, last, s), s);
  return mx::where(inside, mx::take_along_axis(a, mx::where(inside, from, ramp, s), axis, s), number(0, a), s);
}

// Computes the scan's sums of w e^offset over the weights w that count, times e^scale, by logarithms. Real weights have
// a logarithm if they are positive; the negative ones are summed separately.
mx::array weighted_exponentials(const mx::array& weights, const mx::array& counts, const mx::array& offset,
                                const mx::array& scale, int axis, bool reverse, bool inclusive, mx::Stream s) {
  const auto nothing = mx::array(mx::finfo(weights.dtype()).min, weights.dtype());
  auto part = [&](const mx::array& weight, const mx::array& has_logarithm) {
    const auto taken = mx::logical_and(counts, has_logarithm, s);
    const auto logarithm = mx::log(mx::where(taken, weight, number(1, weight), s), s);
    const auto terms = mx::where(taken, mx::add(logarithm, offset, s), nothing, s);
    return mx::exp(mx::add(mx::logcumsumexp(terms, axis, reverse, inclusive, s), scale, s), s);
  };
  const auto zero = number(0, weights);
  if (is_complex(weights)) {
    return part(weights, mx::not_equal(weights, zero, s));
  }
  return mx::subtract(part(weights, mx::greater(weights, zero, s)),
                      part(mx::negative(weights, s), mx::less(weights, zero, s)), s);
}

mx::array without_minus_infinity(const mx::array& a, const mx::array& is_finite, mx::Stream s) {
  return mx::where(is_finite, a, number(0, a), s);
}

mx::array above_minus_infinity(const mx::array& a, mx::Stream s) {
  const auto size = is_complex(a) ? mx::real(a, s) : a;
  return mx::greater(size, mx::array(-std::numeric_limits<float>::infinity(), size.dtype()), s);
}

// The positions of the first zeros, or of the second ones, and the products with ones in their places. The products
// without a second zero are 0, but their derivatives, which are second derivatives, are not.
struct Zeros {
  mx::array places;
  mx::array products_without;
};

std::pair<Zeros, Zeros> first_zeros(const mx::array& x, int axis, bool reverse, bool inclusive, mx::Stream s) {
  const auto zero = mx::equal(x, number(0, x), s);
  const auto before = mx::cumsum(mx::astype(zero, mx::int32, s), axis, reverse, false, s);
  auto after = [&](int count) {
    const auto places = mx::logical_and(zero, mx::equal(before, mx::array(count), s), s);
    return Zeros{places, mx::cumprod(mx::where(places, number(1, x), x, s), axis, reverse, inclusive, s)};
  };
  return {after(0), after(1)};
}

Arrays scan_vjp(mx::Scan& self, const Arrays& primals, const Arrays& cotangents, const Argnums& argnums,
                const Arrays& outputs) {
  const auto s = self.stream();
  const auto [type, axis, reverse, inclusive] = self.state();
  const auto& x = primals[0];
  const auto& y = outputs[0];
  switch (type) {
    case mx::Scan::Prod: {
      // MLX treats products that underflow as zeros, and does not conjugate.
      const auto [first, second] = first_zeros(x, axis, reverse, inclusive, s);
      auto sums = [&](const mx::array& products) {
        return mx::cumsum(mx::multiply(conjugated(products, s), cotangents[0], s), axis, !reverse, inclusive, s);
      };
      const auto zero = mx::equal(x, number(0, x), s);
      const auto divisor = conjugated(mx::where(zero, number(1, x), x, s), s);
      const auto elsewhere = mx::where(zero, number(0, x), mx::divide(sums(y), divisor, s), s);
      return {mx::where(first.places, sums(first.products_without),
                        mx::where(second.places, sums(second.products_without), elsewhere, s), s)};
    }
    case mx::Scan::Max:
    case mx::Scan::Min: {
      const auto owner = owner_of_extremum(type == mx::Scan::Max, x, axis, reverse, s);
      const auto given = inclusive ? cotangents[0] : moved_on(cotangents[0], axis, reverse, s);
      return {mx::scatter_add_axis(mx::zeros_like(x, s), owner, given, axis, s)};
    }
    case mx::Scan::LogAddExp: {
      const auto counts = above_minus_infinity(y, s);
      return {weighted_exponentials(cotangents[0], counts,
                                    mx::negative(conjugated(without_minus_infinity(y, counts, s), s), s),
                                    conjugated(x, s), axis, !reverse, inclusive, s)};
    }
    default:
      return upstream_vjp<mx::Scan>(self, primals, cotangents, argnums, outputs);
  }
}

Arrays scan_jvp(mx::Scan& self, const Arrays& primals, const Arrays& tangents, const Argnums& argnums) {
  const auto s = self.stream();
  const auto [type, axis, reverse, inclusive] = self.state();
  const auto& x = primals[0];
  const auto& t = tangents[0];
  switch (type) {
    case mx::Scan::Prod: {
      const auto [first, second] = first_zeros(x, axis, reverse, inclusive, s);
      auto sums = [&](const mx::array& terms) { return mx::cumsum(terms, axis, reverse, inclusive, s); };
      auto of_zeros = [&](const Zeros& zeros) {
        return mx::multiply(zeros.products_without, sums(mx::where(zeros.places, t, number(0, t), s)), s);
      };
      const auto zero = mx::equal(x, number(0, x), s);
      const auto ratios = mx::divide(mx::where(zero, number(0, t), t, s), mx::where(zero, number(1, x), x, s), s);
      const auto y = mx::cumprod(x, axis, reverse, inclusive, s);
      return {mx::add(mx::multiply(y, sums(ratios), s), mx::add(of_zeros(first), of_zeros(second), s), s)};
    }
    case mx::Scan::Max:
    case mx::Scan::Min: {
      const auto owner = owner_of_extremum(type == mx::Scan::Max, x, axis, reverse, s);
      const auto taken = mx::take_along_axis(t, owner, axis, s);
      return {inclusive ? taken : moved_on(taken, axis, !reverse, s)};
    }
    case mx::Scan::LogAddExp: {
      const auto y = mx::logcumsumexp(x, axis, reverse, inclusive, s);
      const auto finite = above_minus_infinity(y, s);
      const auto counts = above_minus_infinity(x, s);
      const auto result =
          weighted_exponentials(t, counts, without_minus_infinity(x, counts, s),
                                mx::negative(without_minus_infinity(y, finite, s), s), axis, reverse, inclusive, s);
      return {mx::where(finite, result, number(0, result), s)};
    }
    default:
      return upstream_jvp<mx::Scan>(self, primals, tangents, argnums);
  }
}

}  // namespace

void replace_derivative_rules_of_scans() {
  const mx::array vector = mx::ones({1});

  replace_jvp<mx::Reduce>(mx::sum(mx::ones({2}), 0, true), reduce_jvp);
  const auto scan = mx::cumsum(vector, 0);
  replace_vjp<mx::Scan>(scan, scan_vjp);
  replace_jvp<mx::Scan>(scan, scan_jvp);
}

}  // namespace mlx4j
