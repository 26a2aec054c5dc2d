#include "derivative_rules.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "derivatives.h"
#include "mlx/fft.h"
#include "mlx/linalg.h"
#include "upstream_rules.h"

namespace mlx4j {

namespace {

using Argnums = std::vector<int>;

template <class P>
using VjpRule = Arrays (*)(P& self, const Arrays& primals, const Arrays& cotangents, const Argnums& argnums,
                           const Arrays& outputs);
template <class P>
using JvpRule = Arrays (*)(P& self, const Arrays& primals, const Arrays& tangents, const Argnums& argnums);

// MLX's own rules of the classes that have one of ours.
template <class P>
VjpRule<P> upstream_vjp;
template <class P>
JvpRule<P> upstream_jvp;

template <class P>
void replace_vjp(const mx::array& specimen, VjpRule<P> rule) {
  upstream_vjp<P> = reinterpret_cast<VjpRule<P>>(
      replace_slot(specimen.primitive(), type_name<P>(), slot_of(&mx::Primitive::vjp), reinterpret_cast<void*>(rule)));
}

template <class P>
void replace_jvp(const mx::array& specimen, JvpRule<P> rule) {
  upstream_jvp<P> = reinterpret_cast<JvpRule<P>>(
      replace_slot(specimen.primitive(), type_name<P>(), slot_of(&mx::Primitive::jvp), reinterpret_cast<void*>(rule)));
}

bool is_complex(const mx::array& a) { return a.dtype() == mx::complex64; }

mx::array number(double value, const mx::array& like) { return mx::array(value, like.dtype()); }

mx::array conjugated(const mx::array& a, mx::Stream s) { return is_complex(a) ? mx::conjugate(a, s) : a; }

// The tangent of an input, or zeros.
mx::array tangent_of(int input, const Arrays& primals, const Arrays& tangents, const Argnums& argnums, mx::Stream s) {
  const auto found = std::find(argnums.begin(), argnums.end(), input);
  return found == argnums.end() ? mx::zeros_like(primals[input], s) : tangents[found - argnums.begin()];
}

// The sum of what each argument contributes.
template <class Contribution>
Arrays sum_over(const Arrays& tangents, const Argnums& argnums, mx::Stream s, Contribution contribution) {
  mx::array sum = contribution(argnums[0], tangents[0]);
  for (std::size_t i = 1; i < argnums.size(); ++i) {
    sum = mx::add(sum, contribution(argnums[i], tangents[i]), s);
  }
  return {sum};
}

// ---- complex numbers ------------------------------------------------------------------------------
// MLX multiplies the cotangent by the derivative; the transpose multiplies by its conjugate.
template <class P>
Arrays conjugated_vjp(P& self, const Arrays& primals, const Arrays& cotangents, const Argnums& argnums,
                      const Arrays& outputs) {
  const auto s = self.stream();
  auto products = upstream_vjp<P>(self, primals, {conjugated(cotangents[0], s)}, argnums, outputs);
  for (auto& product : products) {
    product = conjugated(product, s);
  }
  return products;
}

template <class P>
void replace_by_conjugated_vjp(const mx::array& specimen) {
  replace_vjp<P>(specimen, conjugated_vjp<P>);
}

// z / |z| turns with z; MLX has zero. The derivative is symmetric, so both rules are one.
mx::array sign_derivative(const mx::array& z, const mx::array& direction, mx::Stream s) {
  if (!is_complex(z)) {
    return mx::zeros_like(z, s);
  }
  const auto sign = mx::sign(z, s);
  const auto size = mx::abs(z, s);
  const auto zero = mx::equal(size, number(0, size), s);
  const auto along = mx::multiply(sign, mx::real(mx::multiply(mx::conjugate(sign, s), direction, s), s), s);
  const auto across = mx::divide(mx::subtract(direction, along, s), mx::where(zero, number(1, size), size, s), s);
  return mx::where(zero, number(0, across), across, s);
}

Arrays sign_vjp(mx::Sign& self, const Arrays& primals, const Arrays& cotangents, const Argnums&, const Arrays&) {
  return {sign_derivative(primals[0], cotangents[0], self.stream())};
}

Arrays sign_jvp(mx::Sign& self, const Arrays& primals, const Arrays& tangents, const Argnums&) {
  return {sign_derivative(primals[0], tangents[0], self.stream())};
}

// ---- element-wise ---------------------------------------------------------------------------------
// x^y. At x = 0 the derivative by x of x^0 is 0, and that by y is 0, not 0 * infinity.
mx::array power_derivative(int argnum, const mx::array& x, const mx::array& y, mx::Stream s) {
  const auto x_is_zero = mx::equal(x, number(0, x), s);
  if (argnum == 0) {
    const auto constant = mx::logical_and(x_is_zero, mx::equal(y, number(0, y), s), s);
    const auto base = mx::where(constant, number(1, x), x, s);
    return mx::multiply(y, mx::power(base, mx::subtract(y, number(1, y), s), s), s);
  }
  const auto base = mx::where(x_is_zero, number(1, x), x, s);
  return mx::where(x_is_zero, number(0, x), mx::multiply(mx::log(base, s), mx::power(base, y, s), s), s);
}

Arrays power_vjp(mx::Power& self, const Arrays& primals, const Arrays& cotangents, const Argnums& argnums,
                 const Arrays&) {
  const auto s = self.stream();
  Arrays products;
  for (auto argnum : argnums) {
    products.push_back(
        mx::multiply(cotangents[0], conjugated(power_derivative(argnum, primals[0], primals[1], s), s), s));
  }
  return products;
}

Arrays power_jvp(mx::Power& self, const Arrays& primals, const Arrays& tangents, const Argnums& argnums) {
  const auto s = self.stream();
  return sum_over(tangents, argnums, s, [&](int argnum, const mx::array& tangent) {
    return mx::multiply(tangent, power_derivative(argnum, primals[0], primals[1], s), s);
  });
}

// What is not selected has no part in a derivative, be it infinite or NaN; MLX multiplies it by 0.
mx::array selected(const mx::array& condition, int argnum, const mx::array& a, mx::Stream s) {
  return argnum == 1 ? mx::where(condition, a, number(0, a), s) : mx::where(condition, number(0, a), a, s);
}

Arrays select_vjp(mx::Select& self, const Arrays& primals, const Arrays& cotangents, const Argnums& argnums,
                  const Arrays&) {
  const auto s = self.stream();
  Arrays products;
  for (auto argnum : argnums) {
    products.push_back(argnum == 0 ? mx::zeros_like(primals[0], s) : selected(primals[0], argnum, cotangents[0], s));
  }
  return products;
}

Arrays select_jvp(mx::Select& self, const Arrays& primals, const Arrays& tangents, const Argnums& argnums) {
  const auto s = self.stream();
  const auto a = tangent_of(1, primals, tangents, argnums, s);
  return {mx::where(primals[0], a, tangent_of(2, primals, tangents, argnums, s), s)};
}

// The larger one has the derivative; where both are equal the second, as in MLX.
template <class P>
mx::array first_wins(const Arrays& primals, mx::Stream s) {
  if constexpr (std::is_same_v<P, mx::Maximum>) {
    return mx::greater(primals[0], primals[1], s);
  } else {
    return mx::less(primals[0], primals[1], s);
  }
}

template <class P>
Arrays extremum_vjp(P& self, const Arrays& primals, const Arrays& cotangents, const Argnums& argnums, const Arrays&) {
  const auto s = self.stream();
  const auto first = first_wins<P>(primals, s);
  Arrays products;
  for (auto argnum : argnums) {
    products.push_back(selected(first, argnum + 1, cotangents[0], s));
  }
  return products;
}

template <class P>
Arrays extremum_jvp(P& self, const Arrays& primals, const Arrays& tangents, const Argnums& argnums) {
  const auto s = self.stream();
  const auto first = first_wins<P>(primals, s);
  return {
      mx::where(first, tangent_of(0, primals, tangents, argnums, s), tangent_of(1, primals, tangents, argnums, s), s)};
}

// The weight of one operand of log(e^a + e^b) against the other. Equal infinities have no difference.
mx::array logaddexp_weight(int argnum, const Arrays& primals, mx::Stream s) {
  const auto& a = primals[argnum];
  const auto& b = primals[1 - argnum];
  const auto difference = mx::where(mx::equal(a, b, s), number(0, a), mx::subtract(a, b, s), s);
  if (is_complex(a)) {
    return mx::reciprocal(mx::add(mx::exp(mx::negative(difference, s), s), number(1, a), s), s);
  }
  return mx::sigmoid(difference, s);
}

Arrays logaddexp_vjp(mx::LogAddExp& self, const Arrays& primals, const Arrays& cotangents, const Argnums& argnums,
                     const Arrays&) {
  const auto s = self.stream();
  Arrays products;
  for (auto argnum : argnums) {
    products.push_back(mx::multiply(cotangents[0], conjugated(logaddexp_weight(argnum, primals, s), s), s));
  }
  return products;
}

Arrays logaddexp_jvp(mx::LogAddExp& self, const Arrays& primals, const Arrays& tangents, const Argnums& argnums) {
  const auto s = self.stream();
  return sum_over(tangents, argnums, s, [&](int argnum, const mx::array& tangent) {
    return mx::multiply(tangent, logaddexp_weight(argnum, primals, s), s);
  });
}

// MLX adds 1 to the result, in which a small derivative is lost. In float64 its exp has only single precision.
Arrays expm1_vjp(mx::Expm1& self, const Arrays& primals, const Arrays& cotangents, const Argnums& argnums,
                 const Arrays& outputs) {
  if (primals[0].dtype() == mx::float64) {
    return upstream_vjp<mx::Expm1>(self, primals, cotangents, argnums, outputs);
  }
  const auto s = self.stream();
  return {mx::multiply(cotangents[0], conjugated(mx::exp(primals[0], s), s), s)};
}

// MLX keeps the logarithms of 2 and 10 in single precision.
mx::array log_derivative(mx::Log& self, const mx::array& x, const mx::array& direction) {
  const auto s = self.stream();
  const double base = self.state() == mx::Log::Base::e ? M_E : self.state() == mx::Log::Base::two ? 2 : 10;
  const auto scaled = base == M_E ? x : mx::multiply(x, number(std::log(base), x), s);
  return mx::divide(direction, scaled, s);
}

Arrays log_vjp(mx::Log& self, const Arrays& primals, const Arrays& cotangents, const Argnums&, const Arrays&) {
  return {log_derivative(self, conjugated(primals[0], self.stream()), cotangents[0])};
}

Arrays log_jvp(mx::Log& self, const Arrays& primals, const Arrays& tangents, const Argnums&) {
  return {log_derivative(self, primals[0], tangents[0])};
}

// MLX multiplies the cotangent by the values.
Arrays full_vjp(mx::Full&, const Arrays&, const Arrays& cotangents, const Argnums&, const Arrays&) {
  return cotangents;
}

// ---- shapes ---------------------------------------------------------------------------------------
struct Padding {
  mx::Shape start;  // of what was padded, in the result
  mx::Shape stop;
};

Padding padding(const mx::Pad& self, const mx::array& result) {
  const auto [axes, low, high] = self.state();
  Padding p{mx::Shape(result.ndim(), 0), result.shape()};
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const int axis = axes[i] < 0 ? axes[i] + int(result.ndim()) : axes[i];
    p.start[axis] += low[i];
    p.stop[axis] -= high[i];
  }
  return p;
}

// MLX's rules take it that the value is a constant.
Arrays pad_vjp(mx::Pad& self, const Arrays& primals, const Arrays& cotangents, const Argnums& argnums, const Arrays&) {
  const auto s = self.stream();
  const auto [start, stop] = padding(self, cotangents[0]);
  Arrays products;
  for (auto argnum : argnums) {
    if (argnum == 0) {
      products.push_back(mx::slice(cotangents[0], start, stop, s));
    } else {
      const auto border = mx::slice_update(cotangents[0], mx::zeros_like(primals[0], s), start, stop, s);
      products.push_back(mx::reshape(mx::sum(border, false, s), primals[1].shape(), s));
    }
  }
  return products;
}

Arrays pad_jvp(mx::Pad& self, const Arrays& primals, const Arrays& tangents, const Argnums& argnums) {
  const auto s = self.stream();
  const auto [axes, low, high] = self.state();
  return {mx::pad(tangent_of(0, primals, tangents, argnums, s), axes, low, high,
                  tangent_of(1, primals, tangents, argnums, s), "constant", s)};
}

Arrays depends_jvp(mx::Depends& self, const Arrays& primals, const Arrays& tangents, const Argnums& argnums) {
  Arrays results;
  for (std::size_t i = 0; i < primals.size(); ++i) {
    results.push_back(tangent_of(int(i), primals, tangents, argnums, self.stream()));
  }
  return results;
}

// ---- reductions and scans -------------------------------------------------------------------------
// MLX's rule takes the tangent of one of several equal extrema, its transpose that of all in equal parts; and it takes
// `any` and `all` for products.
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

mx::array ramp_along(const mx::array& a, int axis, mx::Stream s) {  // 0, 1, 2, … whatever the size may be
  return mx::cumsum(mx::ones_like(mx::astype(a, mx::int32, s), s), axis, false, false, s);
}

// Where the running extremum comes from: of equal elements the one that was met last. NaN counts as an extremum.
mx::array owner_of_extremum(bool largest, const mx::array& x, int axis, bool reverse, mx::Stream s) {
  const auto running = largest ? mx::cummax(x, axis, reverse, true, s) : mx::cummin(x, axis, reverse, true, s);
  const auto met = mx::logical_or(mx::equal(x, running, s), mx::isnan(x, s), s);
  const auto ramp = ramp_along(x, axis, s);
  const auto neutral = reverse ? mx::max(ramp, axis, true, s) : number(0, ramp);
  const auto places = mx::where(met, ramp, neutral, s);
  return mx::stop_gradient(reverse ? mx::cummin(places, axis, true, true, s) : mx::cummax(places, axis, false, true, s),
                           s);
}

// What an exclusive scan makes of the result of an inclusive one: moved on by one element, with 0 in the free place;
// or back.
mx::array moved_on(const mx::array& a, int axis, bool towards_higher, mx::Stream s) {
  const auto ramp = ramp_along(a, axis, s);
  const auto last = mx::max(ramp, axis, true, s);
  const auto from = mx::add(ramp, mx::array(towards_higher ? -1 : 1), s);
  const auto inside = mx::logical_and(mx::greater_equal(from, mx::array(0), s), mx::less_equal(from, last, s), s);
  return mx::where(inside, mx::take_along_axis(a, mx::where(inside, from, ramp, s), axis, s), number(0, a), s);
}

// The sums along a scan of w e^offset over the weights w that count, times e^scale, by way of logarithms. Real weights
// have one if they are positive; the negative ones are summed by themselves.
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

// The places of the first zeros, or of the second ones, and the products with ones in their places. Those without a
// second zero are 0, but their derivatives, which are second derivatives, are not.
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
      // MLX takes products that underflow for zeros, and does not conjugate.
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

// ---- scatters -------------------------------------------------------------------------------------
// h(j) = a(j) h(j - 1) + b(j) along axis 0, from the front or from the back.
mx::array linear_recurrence(mx::array a, mx::array b, bool reverse, mx::Stream s) {
  const int n = a.shape(0);
  auto shifted = [&](const mx::array& x, int by, double fill) {
    const auto rest = reverse ? mx::slice(x, {by}, {n}, s) : mx::slice(x, {0}, {n - by}, s);
    const auto filling = mx::full({by}, number(fill, x), s);
    return mx::concatenate(reverse ? Arrays{rest, filling} : Arrays{filling, rest}, 0, s);
  };
  for (int step = 1; step < n; step *= 2) {
    b = mx::add(b, mx::multiply(a, shifted(b, step, 0), s), s);
    a = mx::multiply(a, shifted(a, step, 1), s);
    if (step > n / 2) {
      break;
    }
  }
  return b;
}

// The inputs of a scatter, and its views of other arrays.
class Scattering {
 public:
  Scattering(const mx::Scatter& self, const Arrays& primals, mx::Stream s)
      : type(self.state().first),
        values(primals.front()),
        updates(primals.back()),
        axes_(self.state().second),
        indices_(primals.begin() + 1, primals.end() - 1),
        sizes_(updates.shape().end() - std::ptrdiff_t(values.ndim()), updates.shape().end()),
        s_(s) {}

  const mx::Scatter::ReduceType type;
  const mx::array& values;
  const mx::array& updates;

  // What stands where the updates go.
  mx::array gathered(const mx::array& a) const { return mx::gather(a, indices_, axes_, sizes_, s_); }
  mx::array added(const mx::array& a, const mx::array& to) const { return mx::scatter_add(to, indices_, a, axes_, s_); }
  mx::array written(const mx::array& a, const mx::array& over) const {
    return mx::scatter(over, indices_, a, axes_, s_);
  }

  // Of several updates of one element, the one that is kept.
  mx::array kept() const {
    const auto count = int(updates.size());
    const auto numbers = mx::reshape(mx::arange(1, count + 1, mx::int32, s_), updates.shape(), s_);
    const auto last = written(numbers, mx::zeros(values.shape(), mx::int32, s_));
    return mx::equal(gathered(last), numbers, s_);
  }

  // What an extremum has to do with the values and the updates: equal ones have equal parts in it.
  std::pair<mx::array, mx::array> shares(const mx::array& result) const {
    const auto of_values = mx::astype(mx::equal(values, result, s_), values.dtype(), s_);
    const auto of_updates = mx::astype(mx::equal(updates, gathered(result), s_), values.dtype(), s_);
    const auto count = mx::maximum(added(of_updates, of_values), number(1, values), s_);
    return {mx::divide(of_values, count, s_), mx::divide(of_updates, gathered(count), s_)};
  }

  // The product of all updates of each element.
  mx::array products() const { return mx::scatter_prod(mx::ones_like(values, s_), indices_, updates, axes_, s_); }

  // For each update the product of the others of its element: sorted by element, those before times those behind.
  mx::array products_of_others() const {
    const auto count = int(updates.size());
    const auto places = mx::reshape(
        gathered(mx::reshape(mx::arange(0, int(values.size()), mx::int32, s_), values.shape(), s_)), {count}, s_);
    const auto order = mx::argsort(places, 0, s_);
    const auto sorted = mx::take(mx::reshape(updates, {count}, s_), order, 0, s_);
    const auto sorted_places = mx::take(places, order, 0, s_);
    auto beside = [&](bool reverse) {
      auto neighbour = [&](const mx::array& a, double edge) {
        const auto filling = mx::full({1}, number(edge, a), s_);
        return reverse ? mx::concatenate({mx::slice(a, {1}, {count}, s_), filling}, 0, s_)
                       : mx::concatenate({filling, mx::slice(a, {0}, {count - 1}, s_)}, 0, s_);
      };
      const auto same = mx::astype(mx::equal(sorted_places, neighbour(sorted_places, -1), s_), updates.dtype(), s_);
      return linear_recurrence(mx::multiply(same, neighbour(sorted, 1), s_), mx::subtract(number(1, same), same, s_),
                               reverse, s_);
    };
    const auto products = mx::multiply(beside(false), beside(true), s_);
    return mx::reshape(mx::take(products, mx::argsort(order, 0, s_), 0, s_), updates.shape(), s_);
  }

 private:
  std::vector<int> axes_;
  Arrays indices_;
  mx::Shape sizes_;
  mx::Stream s_;
};

Arrays scatter_vjp(mx::Scatter& self, const Arrays& primals, const Arrays& cotangents, const Argnums& argnums,
                   const Arrays& outputs) {
  const auto s = self.stream();
  const Scattering scattering(self, primals, s);
  const auto& cotangent = cotangents[0];
  const bool nothing = scattering.updates.size() == 0;
  Arrays products;
  for (auto argnum : argnums) {
    const bool to_values = argnum == 0;
    if (nothing) {
      products.push_back(to_values ? cotangent : mx::zeros_like(scattering.updates, s));
      continue;
    }
    switch (scattering.type) {
      case mx::Scatter::Sum:
        products.push_back(to_values ? cotangent : scattering.gathered(cotangent));
        break;
      case mx::Scatter::None: {
        const auto none = number(0, cotangent);
        products.push_back(to_values ? scattering.written(mx::zeros_like(scattering.updates, s), cotangent)
                                     : mx::where(scattering.kept(), scattering.gathered(cotangent), none, s));
        break;
      }
      case mx::Scatter::Max:
      case mx::Scatter::Min: {
        const auto [of_values, of_updates] = scattering.shares(outputs[0]);
        products.push_back(to_values ? mx::multiply(of_values, cotangent, s)
                                     : mx::multiply(of_updates, scattering.gathered(cotangent), s));
        break;
      }
      case mx::Scatter::Prod: {
        if (to_values) {
          products.push_back(mx::multiply(conjugated(scattering.products(), s), cotangent, s));
        } else {
          const auto given = mx::multiply(conjugated(scattering.values, s), cotangent, s);
          products.push_back(
              mx::multiply(conjugated(scattering.products_of_others(), s), scattering.gathered(given), s));
        }
        break;
      }
    }
  }
  return products;
}

Arrays scatter_jvp(mx::Scatter& self, const Arrays& primals, const Arrays& tangents, const Argnums& argnums) {
  const auto s = self.stream();
  const Scattering scattering(self, primals, s);
  const auto of_values = tangent_of(0, primals, tangents, argnums, s);
  const auto of_updates = tangent_of(int(primals.size()) - 1, primals, tangents, argnums, s);
  if (scattering.updates.size() == 0) {
    return {of_values};
  }
  switch (scattering.type) {
    case mx::Scatter::Sum:
      return {scattering.added(of_updates, of_values)};
    case mx::Scatter::None:
      return {scattering.written(of_updates, of_values)};
    case mx::Scatter::Max:
    case mx::Scatter::Min: {
      const auto [axes, indices] = std::pair(self.state().second, Arrays(primals.begin() + 1, primals.end() - 1));
      const auto result = scattering.type == mx::Scatter::Max
                              ? mx::scatter_max(scattering.values, indices, scattering.updates, axes, s)
                              : mx::scatter_min(scattering.values, indices, scattering.updates, axes, s);
      const auto [share_of_values, share_of_updates] = scattering.shares(result);
      return {
          scattering.added(mx::multiply(share_of_updates, of_updates, s), mx::multiply(share_of_values, of_values, s))};
    }
    default: {
      const auto others = mx::multiply(scattering.products_of_others(), scattering.gathered(scattering.values), s);
      return {scattering.added(mx::multiply(others, of_updates, s), mx::multiply(scattering.products(), of_values, s))};
    }
  }
}

// Of several updates of one element only the one that is kept has a derivative.
Arrays scatter_axis_vjp(mx::ScatterAxis& self, const Arrays& primals, const Arrays& cotangents, const Argnums& argnums,
                        const Arrays& outputs) {
  auto products = upstream_vjp<mx::ScatterAxis>(self, primals, cotangents, argnums, outputs);
  const auto s = self.stream();
  const auto [type, axis] = self.state();
  const auto& updates = primals[2];
  if (type != mx::ScatterAxis::None || updates.size() == 0) {
    return products;
  }
  for (std::size_t i = 0; i < argnums.size(); ++i) {
    if (argnums[i] == 2) {
      const auto numbers = mx::reshape(mx::arange(1, int(updates.size()) + 1, mx::int32, s), updates.shape(), s);
      const auto last = mx::put_along_axis(mx::zeros(primals[0].shape(), mx::int32, s), primals[1], numbers, axis, s);
      const auto kept = mx::equal(mx::take_along_axis(last, primals[1], axis, s), numbers, s);
      products[i] = mx::where(kept, products[i], number(0, products[i]), s);
    }
  }
  return products;
}

// ---- slice updates --------------------------------------------------------------------------------
// MLX gives both of two equal ones the whole derivative, does not conjugate, and has no tangents of products and
// extrema.
class SliceUpdating {
 public:
  SliceUpdating(const mx::SliceUpdate& self, const Arrays& primals, mx::Stream s)
      : values(primals[0]), updates(primals[1]), s_(s) {
    std::tie(type, start_, stop_, strides_) = self.state();
  }

  mx::SliceUpdate::ReduceType type = mx::SliceUpdate::None;
  const mx::array& values;
  const mx::array& updates;

  bool is_extremum() const { return type == mx::SliceUpdate::Max || type == mx::SliceUpdate::Min; }
  mx::array sliced(const mx::array& a) const { return mx::slice(a, start_, stop_, strides_, s_); }
  mx::array updated(const mx::array& a, const mx::array& by) const {
    return mx::slice_update(a, by, start_, stop_, strides_, s_);
  }
  // The share that the updates have in extrema: equal ones have equal parts.
  mx::array share_of_updates() const {
    const auto given = sliced(values);
    const bool largest = type == mx::SliceUpdate::Max;
    const auto wins = largest ? mx::greater(updates, given, s_) : mx::less(updates, given, s_);
    const auto ties = mx::equal(updates, given, s_);
    return mx::where(wins, number(1, given), mx::where(ties, number(0.5, given), number(0, given), s_), s_);
  }

 private:
  mx::Shape start_, stop_, strides_;
  mx::Stream s_;
};

Arrays slice_update_vjp(mx::SliceUpdate& self, const Arrays& primals, const Arrays& cotangents, const Argnums& argnums,
                        const Arrays& outputs) {
  const auto s = self.stream();
  const SliceUpdating update(self, primals, s);
  if (!update.is_extremum() && update.type != mx::SliceUpdate::Prod) {
    return upstream_vjp<mx::SliceUpdate>(self, primals, cotangents, argnums, outputs);
  }
  const auto sliced = update.sliced(cotangents[0]);
  Arrays products;
  for (auto argnum : argnums) {
    if (update.is_extremum()) {
      const auto share = update.share_of_updates();
      products.push_back(
          argnum == 1
              ? mx::multiply(sliced, share, s)
              : update.updated(cotangents[0], mx::multiply(sliced, mx::subtract(number(1, share), share, s), s)));
    } else if (argnum == 1) {
      products.push_back(mx::multiply(sliced, conjugated(update.sliced(update.values), s), s));
    } else {
      products.push_back(update.updated(cotangents[0], mx::multiply(sliced, conjugated(update.updates, s), s)));
    }
  }
  return products;
}

Arrays slice_update_jvp(mx::SliceUpdate& self, const Arrays& primals, const Arrays& tangents, const Argnums& argnums) {
  const auto s = self.stream();
  const SliceUpdating update(self, primals, s);
  if (!update.is_extremum() && update.type != mx::SliceUpdate::Prod) {
    return upstream_jvp<mx::SliceUpdate>(self, primals, tangents, argnums);
  }
  const auto of_values = tangent_of(0, primals, tangents, argnums, s);
  const auto of_updates = tangent_of(1, primals, tangents, argnums, s);
  const auto sliced = update.sliced(of_values);
  if (update.is_extremum()) {
    const auto share = update.share_of_updates();
    const auto rest = mx::subtract(number(1, share), share, s);
    return {update.updated(of_values, mx::add(mx::multiply(share, of_updates, s), mx::multiply(rest, sliced, s), s))};
  }
  return {update.updated(of_values, mx::add(mx::multiply(update.updates, sliced, s),
                                            mx::multiply(update.sliced(update.values), of_updates, s), s))};
}

// ---- products -------------------------------------------------------------------------------------
mx::array scaled(const mx::array& a, float by, mx::Stream s) { return by == 1 ? a : mx::multiply(number(by, a), a, s); }

mx::array transposed(const mx::array& a, mx::Stream s) { return conjugated(mx::swapaxes(a, -1, -2, s), s); }

Arrays addmm_vjp(mx::AddMM& self, const Arrays& primals, const Arrays& cotangents, const Argnums& argnums,
                 const Arrays&) {
  const auto s = self.stream();
  const auto [alpha, beta] = self.state();
  const auto of_product = scaled(cotangents[0], alpha, s);
  Arrays products;
  for (auto argnum : argnums) {
    products.push_back(argnum == 0   ? mx::matmul(of_product, transposed(primals[1], s), s)
                       : argnum == 1 ? mx::matmul(transposed(primals[0], s), of_product, s)
                                     : scaled(cotangents[0], beta, s));
  }
  return products;
}

// MLX forgets the two factors.
Arrays addmm_jvp(mx::AddMM& self, const Arrays& primals, const Arrays& tangents, const Argnums& argnums) {
  const auto s = self.stream();
  const auto [alpha, beta] = self.state();
  return sum_over(tangents, argnums, s, [&, alpha = alpha, beta = beta](int argnum, const mx::array& tangent) {
    return argnum == 0   ? scaled(mx::matmul(tangent, primals[1], s), alpha, s)
           : argnum == 1 ? scaled(mx::matmul(primals[0], tangent, s), alpha, s)
                         : scaled(tangent, beta, s);
  });
}

// Linear in each of its inputs: the sum of the operation with one of them replaced by its tangent.
template <class Operation>
Arrays multilinear_jvp(const Arrays& primals, const Arrays& tangents, const Argnums& argnums, mx::Stream s,
                       Operation operation) {
  return sum_over(tangents, argnums, s, [&](int argnum, const mx::array& tangent) {
    auto inputs = primals;
    inputs[argnum] = tangent;
    return operation(inputs);
  });
}

Arrays convolution_jvp(mx::Convolution& self, const Arrays& primals, const Arrays& tangents, const Argnums& argnums) {
  const auto s = self.stream();
  const auto [strides, low, high, kernel_dilation, input_dilation, groups, flip] = self.state();
  return multilinear_jvp(primals, tangents, argnums, s,
                         [&, strides = strides, low = low, high = high, kernel_dilation = kernel_dilation,
                          input_dilation = input_dilation, groups = groups, flip = flip](const Arrays& in) {
                           return mx::conv_general(in[0], in[1], strides, low, high, kernel_dilation, input_dilation,
                                                   groups, flip, s);
                         });
}

Arrays gather_mm_jvp(mx::GatherMM& self, const Arrays& primals, const Arrays& tangents, const Argnums& argnums) {
  const auto s = self.stream();
  return multilinear_jvp(primals, tangents, argnums, s,
                         [&](const Arrays& in) { return mx::gather_mm(in[0], in[1], in[2], in[3], false, s); });
}

// The inputs of a block-masked product: a, b, then the mask of the result if there is one, then those of a and b.
struct BlockMasks {
  std::optional<mx::array> of_result, of_a, of_b;
  explicit BlockMasks(const Arrays& in) {
    const std::size_t masks = in.size() - 2;
    if (masks == 1 || masks == 3) {
      of_result = in[2];
    }
    if (masks >= 2) {
      of_a = in[in.size() - 2];
      of_b = in[in.size() - 1];
    }
  }
};

Arrays block_masked_mm_jvp(mx::BlockMaskedMM& self, const Arrays& primals, const Arrays& tangents,
                           const Argnums& argnums) {
  const auto s = self.stream();
  return multilinear_jvp(primals, tangents, argnums, s, [&](const Arrays& in) {
    const BlockMasks masks(in);
    return mx::block_masked_mm(in[0], in[1], self.state(), masks.of_result, masks.of_a, masks.of_b, s);
  });
}

// The gradient of the mask of the result is the sum over each block of the product before it is masked. MLX masks it.
Arrays block_masked_mm_vjp(mx::BlockMaskedMM& self, const Arrays& primals, const Arrays& cotangents,
                           const Argnums& argnums, const Arrays& outputs) {
  const auto s = self.stream();
  const int block = self.state();
  Arrays products;
  for (auto argnum : argnums) {
    if (argnum != 2 || primals.size() % 2 == 0) {
      products.push_back(upstream_vjp<mx::BlockMaskedMM>(self, primals, cotangents, {argnum}, outputs)[0]);
      continue;
    }
    const BlockMasks masks(primals);
    const auto unmasked = mx::block_masked_mm(primals[0], primals[1], block, std::nullopt, masks.of_a, masks.of_b, s);
    auto product = mx::multiply(cotangents[0], unmasked, s);
    const auto rows = primals[2].shape(-2);
    const auto columns = primals[2].shape(-1);
    product =
        mx::pad(product, {-2, -1}, {0, 0}, {rows * block - product.shape(-2), columns * block - product.shape(-1)},
                number(0, product), "constant", s);
    product = mx::unflatten(mx::unflatten(product, -1, {columns, block}, s), -3, {rows, block}, s);
    products.push_back(mx::sum(product, {-3, -1}, false, s));
  }
  return products;
}

// The derivative of the inverse X is -X dA X; backward the transpose of X stands for X. Of a triangle only the triangle
// counts.
mx::array inverse_derivative(mx::Inverse& self, const mx::array& inverse, bool backward, const mx::array& direction) {
  const auto s = self.stream();
  const auto [triangular, upper] = self.state();
  auto relevant = [&, triangular = triangular, upper = upper](const mx::array& a) {
    return !triangular ? a : upper ? mx::triu(a, 0, s) : mx::tril(a, 0, s);
  };
  const auto x = backward ? mx::swapaxes(relevant(inverse), -1, -2, s) : relevant(inverse);
  return relevant(mx::negative(mx::matmul(mx::matmul(x, relevant(direction), s), x, s), s));
}

Arrays inverse_vjp(mx::Inverse& self, const Arrays&, const Arrays& cotangents, const Argnums&, const Arrays& outputs) {
  return {inverse_derivative(self, outputs[0], true, cotangents[0])};
}

Arrays inverse_jvp(mx::Inverse& self, const Arrays& primals, const Arrays& tangents, const Argnums&) {
  const auto [triangular, upper] = self.state();
  const auto inverse =
      triangular ? mx::linalg::tri_inv(primals[0], upper, self.stream()) : mx::linalg::inv(primals[0], self.stream());
  return {inverse_derivative(self, inverse, false, tangents[0])};
}

// ---- Fourier transforms ---------------------------------------------------------------------------
// MLX forgets that the result has an odd size.
Arrays fft_jvp(mx::FFT& self, const Arrays& primals, const Arrays& tangents, const Argnums& argnums) {
  const auto [axes, inverse, real, odd] = self.state();
  if (!real || !inverse || !odd) {
    return upstream_jvp<mx::FFT>(self, primals, tangents, argnums);
  }
  mx::Shape sizes;
  for (auto axis : axes) {
    sizes.push_back(primals[0].shape(int(axis)));
  }
  sizes.back() = 2 * sizes.back() - 1;
  return {mx::fft::irfftn(tangents[0], sizes, std::vector<int>(axes.begin(), axes.end()), mx::fft::FFTNorm::Backward,
                          self.stream())};
}

}  // namespace

void replace_derivative_rules() {
  const mx::array x(1.0f);
  const mx::array z(mx::complex64_t{1.0f, 0.0f});
  const mx::array vector = mx::ones({1});
  const mx::array matrix = mx::ones({1, 1});
  const mx::array index = mx::zeros({1}, mx::int32);

  replace_by_conjugated_vjp<mx::ArcCos>(mx::arccos(x));
  replace_by_conjugated_vjp<mx::ArcCosh>(mx::arccosh(x));
  replace_by_conjugated_vjp<mx::ArcSin>(mx::arcsin(x));
  replace_by_conjugated_vjp<mx::ArcSinh>(mx::arcsinh(x));
  replace_by_conjugated_vjp<mx::ArcTan>(mx::arctan(x));
  replace_by_conjugated_vjp<mx::ArcTanh>(mx::arctanh(x));
  replace_by_conjugated_vjp<mx::Cos>(mx::cos(x));
  replace_by_conjugated_vjp<mx::Sigmoid>(mx::sigmoid(x));
  replace_by_conjugated_vjp<mx::Sqrt>(mx::sqrt(x));

  replace_vjp<mx::Expm1>(mx::expm1(x), expm1_vjp);
  replace_vjp<mx::Sign>(mx::sign(x), sign_vjp);
  replace_jvp<mx::Sign>(mx::sign(x), sign_jvp);
  replace_vjp<mx::Power>(mx::power(x, x), power_vjp);
  replace_jvp<mx::Power>(mx::power(x, x), power_jvp);
  replace_vjp<mx::Select>(mx::where(mx::array(true), x, x), select_vjp);
  replace_jvp<mx::Select>(mx::where(mx::array(true), x, x), select_jvp);
  replace_vjp<mx::Maximum>(mx::maximum(x, x), extremum_vjp<mx::Maximum>);
  replace_jvp<mx::Maximum>(mx::maximum(x, x), extremum_jvp<mx::Maximum>);
  replace_vjp<mx::Minimum>(mx::minimum(x, x), extremum_vjp<mx::Minimum>);
  replace_jvp<mx::Minimum>(mx::minimum(x, x), extremum_jvp<mx::Minimum>);
  replace_vjp<mx::LogAddExp>(mx::logaddexp(x, x), logaddexp_vjp);
  replace_jvp<mx::LogAddExp>(mx::logaddexp(x, x), logaddexp_jvp);
  replace_vjp<mx::Log>(mx::log(x), log_vjp);
  replace_jvp<mx::Log>(mx::log(x), log_jvp);
  replace_vjp<mx::Full>(mx::full({1}, x), full_vjp);

  const auto padded = mx::pad(vector, std::vector<int>{0}, mx::Shape{1}, mx::Shape{1});
  replace_vjp<mx::Pad>(padded, pad_vjp);
  replace_jvp<mx::Pad>(padded, pad_jvp);
  replace_jvp<mx::Depends>(mx::depends({vector}, {x})[0], depends_jvp);

  replace_jvp<mx::Reduce>(mx::sum(mx::ones({2}), 0, true), reduce_jvp);
  const auto scan = mx::cumsum(vector, 0);
  replace_vjp<mx::Scan>(scan, scan_vjp);
  replace_jvp<mx::Scan>(scan, scan_jvp);

  const auto scattered = mx::scatter(vector, index, matrix, 0);
  replace_vjp<mx::Scatter>(scattered, scatter_vjp);
  replace_jvp<mx::Scatter>(scattered, scatter_jvp);
  replace_vjp<mx::ScatterAxis>(mx::put_along_axis(vector, index, vector, 0), scatter_axis_vjp);
  const auto updated = mx::slice_update(mx::ones({2}), vector, mx::Shape{0}, mx::Shape{1});
  replace_vjp<mx::SliceUpdate>(updated, slice_update_vjp);
  replace_jvp<mx::SliceUpdate>(updated, slice_update_jvp);

  const auto sum_of_product = mx::addmm(matrix, matrix, matrix);
  replace_vjp<mx::AddMM>(sum_of_product, addmm_vjp);
  replace_jvp<mx::AddMM>(sum_of_product, addmm_jvp);
  replace_jvp<mx::Convolution>(mx::conv1d(mx::ones({1, 1, 1}), mx::ones({1, 1, 1})), convolution_jvp);
  replace_jvp<mx::GatherMM>(mx::gather_mm(mx::ones({1, 1, 1}), mx::ones({1, 1, 1}), index, index),
                            gather_mm_jvp);
  replace_vjp<mx::Inverse>(mx::linalg::inv(matrix, mx::Device::cpu), inverse_vjp);
  replace_jvp<mx::Inverse>(mx::linalg::inv(matrix, mx::Device::cpu), inverse_jvp);
  replace_jvp<mx::FFT>(mx::fft::rfft(mx::ones({2})), fft_jvp);
  const auto blocks = mx::ones({32, 32});
  const auto masked = mx::block_masked_mm(blocks, blocks, 32, matrix);
  replace_vjp<mx::BlockMaskedMM>(masked, block_masked_mm_vjp);
  replace_jvp<mx::BlockMaskedMM>(masked, block_masked_mm_jvp);
}

}  // namespace mlx4j
