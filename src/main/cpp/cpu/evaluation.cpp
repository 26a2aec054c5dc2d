#include "cpu/evaluation.h"

#include <memory>

#include "cpu.h"
#include "cpu/updates.h"
#include "mlx/primitives.h"
#include "rules/upstream_rules.h"

namespace mlx4j::cpu {

namespace {

template <class P>
void (*evaluate_upstream)(P&, const Arrays&, mx::array&);

template <class P>
void evaluate(P& self, const Arrays& inputs, mx::array& out) {
  if (!cpu_kernels() || !evaluate_operation(self, inputs, out)) {
    evaluate_upstream<P>(self, inputs, out);
  }
}

template <class P>
void replace_evaluation(const mx::array& specimen) {
  evaluate_upstream<P> =
      replace(specimen, static_cast<void (P::*)(const Arrays&, mx::array&)>(&P::eval_cpu), evaluate<P>);
}

void (*reduce_upstream)(mx::Reduce&, const Arrays&, mx::array&);

void reduce(mx::Reduce& self, const Arrays& inputs, mx::array& out) {
  if (!cpu_kernels() || inputs[0].shape() == out.shape() || !evaluate_reduction(self, inputs[0], out)) {
    reduce_upstream(self, inputs, out);
  }
}

void (*softmax_upstream)(mx::Softmax&, const Arrays&, mx::array&);

void softmax(mx::Softmax& self, const Arrays& inputs, mx::array& out) {
  if (!cpu_kernels() || !evaluate_softmax(self.stream(), inputs[0], out)) {
    softmax_upstream(self, inputs, out);
  }
}

void (*logsumexp_upstream)(mx::LogSumExp&, const Arrays&, mx::array&);

void logsumexp(mx::LogSumExp& self, const Arrays& inputs, mx::array& out) {
  if (!cpu_kernels() || !evaluate_logsumexp(self.stream(), inputs[0], out)) {
    logsumexp_upstream(self, inputs, out);
  }
}

void (*slice_update_upstream)(mx::SliceUpdate&, const Arrays&, mx::array&);

void slice_update(mx::SliceUpdate& self, const Arrays& inputs, mx::array& out) {
  exchange_roles(self, inputs, out);
  slice_update_upstream(self, inputs, out);
}

void (*dynamic_slice_update_upstream)(mx::DynamicSliceUpdate&, const Arrays&, mx::array&);

void dynamic_slice_update(mx::DynamicSliceUpdate& self, const Arrays& inputs, mx::array& out) {
  exchange_roles(self, inputs, out);
  dynamic_slice_update_upstream(self, inputs, out);
}

}  // namespace

void replace_evaluation() {
  const auto cpu = mx::default_stream(mx::Device::cpu);
  const auto x = mx::array(0.5f);
  const auto n = mx::array(1);
  const auto z = mx::array(mx::complex64_t(0.5f, 0.5f));
  replace_evaluation<mx::Abs>(mx::abs(x, cpu));
  replace_evaluation<mx::Add>(mx::add(x, x, cpu));
  replace_evaluation<mx::ArcCos>(mx::arccos(x, cpu));
  replace_evaluation<mx::ArcCosh>(mx::arccosh(x, cpu));
  replace_evaluation<mx::ArcSin>(mx::arcsin(x, cpu));
  replace_evaluation<mx::ArcSinh>(mx::arcsinh(x, cpu));
  replace_evaluation<mx::ArcTan2>(mx::arctan2(x, x, cpu));
  replace_evaluation<mx::ArcTan>(mx::arctan(x, cpu));
  replace_evaluation<mx::ArcTanh>(mx::arctanh(x, cpu));
  replace_evaluation<mx::AsType>(mx::astype(x, mx::float16, cpu));
  replace_evaluation<mx::BitwiseBinary>(mx::bitwise_and(n, n, cpu));
  replace_evaluation<mx::BitwiseInvert>(mx::bitwise_invert(n, cpu));
  replace_evaluation<mx::Ceil>(mx::ceil(x, cpu));
  replace_evaluation<mx::Conjugate>(mx::conjugate(z, cpu));
  replace_evaluation<mx::Cos>(mx::cos(x, cpu));
  replace_evaluation<mx::Cosh>(mx::cosh(x, cpu));
  replace_evaluation<mx::Divide>(mx::divide(x, x, cpu));
  replace_evaluation<mx::Equal>(mx::equal(x, x, cpu));
  replace_evaluation<mx::Erf>(mx::erf(x, cpu));
  replace_evaluation<mx::ErfInv>(mx::erfinv(x, cpu));
  replace_evaluation<mx::Exp>(mx::exp(x, cpu));
  replace_evaluation<mx::Expm1>(mx::expm1(x, cpu));
  replace_evaluation<mx::Floor>(mx::floor(x, cpu));
  replace_evaluation<mx::FloorDivide>(mx::floor_divide(x, x, cpu));
  replace_evaluation<mx::Greater>(mx::greater(x, x, cpu));
  replace_evaluation<mx::GreaterEqual>(mx::greater_equal(x, x, cpu));
  replace_evaluation<mx::Imag>(mx::imag(z, cpu));
  replace_evaluation<mx::Less>(mx::less(x, x, cpu));
  replace_evaluation<mx::LessEqual>(mx::less_equal(x, x, cpu));
  replace_evaluation<mx::Log1p>(mx::log1p(x, cpu));
  replace_evaluation<mx::Log>(mx::log(x, cpu));
  replace_evaluation<mx::LogAddExp>(mx::logaddexp(x, x, cpu));
  replace_evaluation<mx::LogicalAnd>(mx::logical_and(x, x, cpu));
  replace_evaluation<mx::LogicalNot>(mx::logical_not(x, cpu));
  replace_evaluation<mx::LogicalOr>(mx::logical_or(x, x, cpu));
  replace_evaluation<mx::Maximum>(mx::maximum(x, x, cpu));
  replace_evaluation<mx::Minimum>(mx::minimum(x, x, cpu));
  replace_evaluation<mx::Multiply>(mx::multiply(x, x, cpu));
  replace_evaluation<mx::Negative>(mx::negative(x, cpu));
  replace_evaluation<mx::NotEqual>(mx::not_equal(x, x, cpu));
  replace_evaluation<mx::Power>(mx::power(x, x, cpu));
  replace_evaluation<mx::Real>(mx::real(z, cpu));
  replace_evaluation<mx::Remainder>(mx::remainder(x, x, cpu));
  replace_evaluation<mx::Round>(mx::round(x, 0, cpu));
  replace_evaluation<mx::Select>(mx::where(mx::array(true), x, x, cpu));
  replace_evaluation<mx::Sigmoid>(mx::sigmoid(x, cpu));
  replace_evaluation<mx::Sign>(mx::sign(x, cpu));
  replace_evaluation<mx::Sin>(mx::sin(x, cpu));
  replace_evaluation<mx::Sinh>(mx::sinh(x, cpu));
  replace_evaluation<mx::Sqrt>(mx::sqrt(x, cpu));
  replace_evaluation<mx::Square>(mx::square(x, cpu));
  replace_evaluation<mx::Subtract>(mx::subtract(x, x, cpu));
  replace_evaluation<mx::Tan>(mx::tan(x, cpu));
  replace_evaluation<mx::Tanh>(mx::tanh(x, cpu));
  const auto sum = std::make_shared<mx::Reduce>(cpu, mx::Reduce::Sum, std::vector<int>{0});
  reduce_upstream =
      replace(mx::array({1, 2}, mx::float32, sum, {mx::zeros({2, 2}, cpu)}), &mx::Reduce::eval_cpu, reduce);
  const auto matrix = mx::zeros({2, 2});
  softmax_upstream = replace(mx::softmax(matrix, 1, false, cpu), &mx::Softmax::eval_cpu, softmax);
  logsumexp_upstream = replace(mx::logsumexp(matrix, 1, true, cpu), &mx::LogSumExp::eval_cpu, logsumexp);
  const auto row = mx::zeros({1, 2});
  slice_update_upstream = replace(mx::slice_update(matrix, row, mx::Shape{0, 0}, mx::Shape{1, 2}, cpu),
                                  &mx::SliceUpdate::eval_cpu, slice_update);
  dynamic_slice_update_upstream =
      replace(mx::slice_update(matrix, row, n, {0}, cpu), &mx::DynamicSliceUpdate::eval_cpu, dynamic_slice_update);
}

}  // namespace mlx4j::cpu
