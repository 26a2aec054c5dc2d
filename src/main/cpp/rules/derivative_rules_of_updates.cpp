#include <tuple>

#include "rules/derivative_rules.h"

namespace mlx4j {

namespace {

// ---- scatters -------------------------------------------------------------------------------------
// Solves h(j) = a(j) h(j - 1) + b(j) along axis 0, from the front or from the back.
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

  // Returns the elements at the positions of the updates.
  mx::array gathered(const mx::array& a) const { return mx::gather(a, indices_, axes_, sizes_, s_); }
  mx::array added(const mx::array& a, const mx::array& to) const { return mx::scatter_add(to, indices_, a, axes_, s_); }
  mx::array written(const mx::array& a, const mx::array& over) const {
    return mx::scatter(over, indices_, a, axes_, s_);
  }

  // Returns, of several updates of one element, which one is kept.
  mx::array kept() const {
    const auto count = int(updates.size());
    const auto numbers = mx::reshape(mx::arange(1, count + 1, mx::int32, s_), updates.shape(), s_);
    const auto last = written(numbers, mx::zeros(values.shape(), mx::int32, s_));
    return mx::equal(gathered(last), numbers, s_);
  }

  // Returns the shares that the values and the updates have in an extremum: equal ones share it equally.
  std::pair<mx::array, mx::array> shares(const mx::array& result) const {
    const auto of_values = mx::astype(mx::equal(values, result, s_), values.dtype(), s_);
    const auto of_updates = mx::astype(mx::equal(updates, gathered(result), s_), values.dtype(), s_);
    const auto count = mx::maximum(added(of_updates, of_values), number(1, values), s_);
    return {mx::divide(of_values, count, s_), mx::divide(of_updates, gathered(count), s_)};
  }

  // Returns the product of all updates of each element.
  mx::array products() const { return mx::scatter_prod(mx::ones_like(values, s_), indices_, updates, axes_, s_); }

  // Returns, for each update, the product of the other updates of its element: with the updates sorted by element, the
  // product of those before it times that of those after it.
  mx::array products_of_others() const {
    const auto count = int(updates.size());
    const auto places = mx::reshape(
        gathered(mx::reshape(mx::arange(0, int(values.size()), mx::int32, s_), values.shape(), s_)), {count}, s_);
    const auto order = mx::argsort(places, 0, s_);
    const auto sorted = mx::take(mx::reshape(updates, {count}, s_), order, 0, s_);
    const auto sorted_places = mx::take(places, order, 0, s_);
    auto beside = [&](bool reverse) {
      auto neighbor = [&](const mx::array& a, double edge) {
        const auto filling = mx::full({1}, number(edge, a), s_);
        return reverse ? mx::concatenate({mx::slice(a, {1}, {count}, s_), filling}, 0, s_)
                       : mx::concatenate({filling, mx::slice(a, {0}, {count - 1}, s_)}, 0, s_);
      };
      const auto same = mx::astype(mx::equal(sorted_places, neighbor(sorted_places, -1), s_), updates.dtype(), s_);
      return linear_recurrence(mx::multiply(same, neighbor(sorted, 1), s_), mx::subtract(number(1, same), same, s_),
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

// Of several updates of one element, only the one that is kept has a derivative.
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
// MLX gives each of two equal operands the whole derivative, does not conjugate, and lacks tangents for products and
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
  // The share that the updates have in extrema: equal ones share equally.
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

}  // namespace

void replace_derivative_rules_of_updates() {
  const mx::array vector = mx::ones({1});
  const mx::array matrix = mx::ones({1, 1});
  const mx::array index = mx::zeros({1}, mx::int32);

  const auto scattered = mx::scatter(vector, index, matrix, 0);
  replace_vjp<mx::Scatter>(scattered, scatter_vjp);
  replace_jvp<mx::Scatter>(scattered, scatter_jvp);
  replace_vjp<mx::ScatterAxis>(mx::put_along_axis(vector, index, vector, 0), scatter_axis_vjp);
  const auto updated = mx::slice_update(mx::ones({2}), vector, mx::Shape{0}, mx::Shape{1});
  replace_vjp<mx::SliceUpdate>(updated, slice_update_vjp);
  replace_jvp<mx::SliceUpdate>(updated, slice_update_jvp);
}

}  // namespace mlx4j
