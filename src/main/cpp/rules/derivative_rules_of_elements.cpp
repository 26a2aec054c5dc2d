#include <cmath>

#include "rules/derivative_rules.h"

namespace mlx4j {

namespace {

// ---- complex numbers ------------------------------------------------------------------------------
// MLX multiplies the cotangent by the derivative, but the transpose multiplies by its conjugate.
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

// z / |z| turns with z, but MLX's derivative is zero. The derivative is symmetric, so both rules are the same.
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
// x^y. At x = 0, the derivative of x^0 with respect to x is 0, and that with respect to y is 0, not 0 * infinity.
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

// What is not selected does not contribute to a derivative, even if it is infinite or NaN; MLX multiplies it by 0.
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

// The derivative belongs to the larger operand or, if both are equal, to the second, as in MLX.
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

// The weight of one operand of log(e^a + e^b) against the other. The difference of equal infinities counts as 0.
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

// MLX adds 1 to the result, which loses small derivatives. In float64, its exp has only single precision.
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
  mx::Shape start;  // of the padded input, within the result
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

// MLX's rules assume that the value is a constant.
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

}  // namespace

void replace_derivative_rules_of_elements() {
  const mx::array x(1.0f);
  const mx::array vector = mx::ones({1});

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
}

}  // namespace mlx4j
