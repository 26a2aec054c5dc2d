#include "exported/operation_reading.h"
#include "reductions.h"

namespace mlx4j::exported {

namespace {

array full_of_elements(const array& a, S s) {  // MLX may loop forever over an empty view
  return a.size() > 0 ? a : mx::zeros(a.shape(), a.dtype(), s);
}

Apply reduce(FunctionFile& file) {
  enum Kind { And, Or, Sum, Prod, Min, Max };
  const auto kind = choice(file, Max);
  const auto axes = file.ints();
  return of(1, [=](const Arrays& in, S s) {
    require_axes(axes, in[0]);
    const auto a = full_of_elements(in[0], s);
    switch (kind) {
      case And:
        return mx::all(a, axes, true, s);
      case Or:
        return mx::any(a, axes, true, s);
      case Sum:
        return mx::sum(a, axes, true, s);
      case Prod:
        return mx::prod(a, axes, true, s);
      case Min:
        return mx::min(a, axes, true, s);
      default:
        return mx::max(a, axes, true, s);
    }
  });
}

Apply scan(FunctionFile& file) {
  enum Kind { Max, Min, Sum, Prod, LogAddExp };
  const auto kind = choice(file, LogAddExp);
  const auto axis = file.number<int>();
  const auto reverse = file.boolean();
  const auto inclusive = file.boolean();
  return of(1, [=](const Arrays& in, S s) {
    const auto a = full_of_elements(in[0], s);
    axis_in(axis, a);
    switch (kind) {
      case Max:
        return mx::cummax(a, axis, reverse, inclusive, s);
      case Min:
        return mx::cummin(a, axis, reverse, inclusive, s);
      case Sum:
        return mx::cumsum(a, axis, reverse, inclusive, std::nullopt, s);
      case Prod:
        return mx::cumprod(a, axis, reverse, inclusive, std::nullopt, s);
      default:
        return mx::logcumsumexp(a, axis, reverse, inclusive, s);
    }
  });
}

template <class F>
Read with_kth(F f) {
  return [f](FunctionFile& file) {
    const auto kth = file.number<int>();
    const auto axis = file.number<int>();
    return of(1, [=](const Arrays& in, S s) { return f(with_elements(in[0]), kth, axis_in(axis, in[0]), s); });
  };
}

}  // namespace

Operations reductions() {
  return {
      {name_in_files<mx::ArgPartition>,
       with_kth([](const array& a, int kth, int axis, S s) { return mx::argpartition(a, kth, axis, s); })},
      {name_in_files<mx::ArgReduce>,
       [](FunctionFile& file) {
         const auto largest = choice(file, 1);
         const auto axis = file.number<int>();
         return of(1, [=](const Arrays& in, S s) {
           axis_in(axis, in[0]);
           return largest ? mx::argmax(in[0], axis, true, s) : mx::argmin(in[0], axis, true, s);
         });
       }},
      {name_in_files<mx::ArgSort>, with_axis([](const array& a, int axis, S s) { return mx::argsort(a, axis, s); })},
      {name_in_files<mx::LogSumExp>,
       plain(1, [](const Arrays& in, S s) { return mx::logsumexp(in[0], std::vector<int>{-1}, true, s); })},
      {name_in_files<mx::Partition>,
       with_kth([](const array& a, int kth, int axis, S s) { return mx::partition(a, kth, axis, s); })},
      {name_in_files<mx::Reduce>, reduce},
      {name_in_files<mx::Scan>, scan},
      {name_in_files<mx::SearchSorted>,
       [](FunctionFile& file) {
         return of(2, [right = file.boolean()](const Arrays& in, S s) {
           return mx::searchsorted(in[0], in[1], right ? "right" : "left", s);
         });
       }},
      {name_in_files<mx::Softmax>,
       [](FunctionFile& file) {
         return of(1, [precise = file.boolean()](const Arrays& in, S s) {
           return mlx4j::softmax(in[0], std::vector<int>{-1}, precise, s);
         });
       }},
      {name_in_files<mx::Sort>, with_axis([](const array& a, int axis, S s) { return mx::sort(a, axis, s); })},
  };
}

}  // namespace mlx4j::exported
