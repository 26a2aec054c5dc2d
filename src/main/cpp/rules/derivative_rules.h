// Rules of vjp and jvp that are wrong or missing in MLX 0.32.4, and our replacements. Each function below replaces
// those of one subject and stands at the end of that subject's file; this header contains what the files share.
#pragma once

#include <algorithm>

#include "handles.h"
#include "rules/upstream_rules.h"

namespace mlx4j {

void replace_derivative_rules_of_elements();  // element-wise operations, shapes
void replace_derivative_rules_of_scans();     // reductions, scans
void replace_derivative_rules_of_updates();   // scatters, slice updates
void replace_derivative_rules_of_products();  // products, convolutions, inverses, Fourier transforms

using Argnums = std::vector<int>;

template <class P>
using VjpRule = Arrays (*)(P& self, const Arrays& primals, const Arrays& cotangents, const Argnums& argnums,
                           const Arrays& outputs);
template <class P>
using JvpRule = Arrays (*)(P& self, const Arrays& primals, const Arrays& tangents, const Argnums& argnums);

// MLX's own rules, for the classes whose rules are replaced.
template <class P>
inline VjpRule<P> upstream_vjp;
template <class P>
inline JvpRule<P> upstream_jvp;

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

inline bool is_complex(const mx::array& a) { return a.dtype() == mx::complex64; }

inline mx::array number(double value, const mx::array& like) { return mx::array(value, like.dtype()); }

inline mx::array conjugated(const mx::array& a, mx::Stream s) { return is_complex(a) ? mx::conjugate(a, s) : a; }

// Returns the tangent of an input, or zeros.
inline mx::array tangent_of(int input, const Arrays& primals, const Arrays& tangents, const Argnums& argnums,
                            mx::Stream s) {
  const auto found = std::find(argnums.begin(), argnums.end(), input);
  return found == argnums.end() ? mx::zeros_like(primals[input], s) : tangents[found - argnums.begin()];
}

// Returns the sum of what each argument contributes.
template <class Contribution>
Arrays sum_over(const Arrays& tangents, const Argnums& argnums, mx::Stream s, Contribution contribution) {
  mx::array sum = contribution(argnums[0], tangents[0]);
  for (std::size_t i = 1; i < argnums.size(); ++i) {
    sum = mx::add(sum, contribution(argnums[i], tangents[i]), s);
  }
  return {sum};
}

}  // namespace mlx4j
