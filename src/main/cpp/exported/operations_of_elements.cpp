#include <cmath>

#include "exported/operation_reading.h"
#include "integer_division.h"
#include "powers.h"
#include "shifts.h"

namespace mlx4j::exported {

namespace {

Apply arange(FunctionFile& file) {
  const auto start = file.number<double>();
  const auto stop = file.number<double>();
  const auto step = file.number<double>();
  return of(0, [=](const Arrays&, const Declared& results, S s) {
    const double size = std::ceil((stop - start) / step);
    require(std::isfinite(start) && std::isfinite(stop) && std::isfinite(step) && step != 0 && size < (1u << 31) - 1,
            "its range is invalid");
    require(mx::issubdtype(results[0].dtype, mx::inexact) ||
                (std::abs(start) < 0x1p62 && std::abs(stop) < 0x1p62 && std::abs(step) < 0x1p62 && std::abs(step) >= 1),
            "its range does not fit its dtype");
    return mx::arange(start, stop, step, results[0].dtype, s);
  });
}

// One key gives the numbers of `shape`; a stack of keys, which vmap creates, gives a stack of them.
array bits(const mx::Shape& shape, int width, const array& keys, S s) {
  if (keys.ndim() <= 1) {
    return mx::random::bits(shape, width, keys, s);
  }
  require(keys.ndim() <= 8 && !shape.empty() && shape[0] == keys.shape(0), "its keys do not fit its shape");
  const mx::Shape rest(shape.begin() + 1, shape.end());
  return mx::vmap(std::function<array(const array&)>([&](const array& key) { return bits(rest, width, key, s); }))(
      keys);
}

}  // namespace

Operations elementwise() {
  return {
      {name_in_files<mx::Abs>,
       plain(1, [](const Arrays& in, S s) { return mx::astype(mx::abs(in[0], s), in[0].dtype(), s); })},
      {name_in_files<mx::Add>, binary(mx::add)},
      {name_in_files<mx::Arange>, arange},
      {name_in_files<mx::ArcCos>, unary(mx::arccos)},
      {name_in_files<mx::ArcCosh>, unary(mx::arccosh)},
      {name_in_files<mx::ArcSin>, unary(mx::arcsin)},
      {name_in_files<mx::ArcSinh>, unary(mx::arcsinh)},
      {name_in_files<mx::ArcTan>, unary(mx::arctan)},
      {name_in_files<mx::ArcTan2>, binary(mx::arctan2)},
      {name_in_files<mx::ArcTanh>, unary(mx::arctanh)},
      {name_in_files<mx::AsType>,
       [](FunctionFile& file) {
         return of(1, [d = file.dtype()](const Arrays& in, S s) { return mx::astype(in[0], d, s); });
       }},
      {name_in_files<mx::BitwiseBinary>,
       [](FunctionFile& file) {
         using Op = array (*)(const array&, const array&, S);
         static constexpr Op ops[] = {mx::bitwise_and, mx::bitwise_or, mx::bitwise_xor, left_shift, right_shift};
         return of(2, [op = ops[choice(file, 4)]](const Arrays& in, S s) { return op(in[0], in[1], s); });
       }},
      {name_in_files<mx::Ceil>, unary(mx::ceil)},
      {name_in_files<mx::Conjugate>, unary(mx::conjugate)},
      {name_in_files<mx::Copy>, plain(1, [](const Arrays& in, S s) { return mx::copy(in[0], s); })},
      {name_in_files<mx::Cos>, unary(mx::cos)},
      {name_in_files<mx::Cosh>, unary(mx::cosh)},
      {name_in_files<mx::Depends>, plain(1, any_number,
                                         [](const Arrays& in, const Declared& results, S) {
                                           const auto n = std::ptrdiff_t(results.size());
                                           require(n < std::ptrdiff_t(in.size()), "the number of its results is wrong");
                                           return mx::depends({in.begin(), in.begin() + n}, {in.begin() + n, in.end()});
                                         })},
      {name_in_files<mx::DivMod>, plain(2, [](const Arrays& in, S s) { return mlx4j::divmod(in[0], in[1], s); })},
      {name_in_files<mx::Divide>, binary(mx::divide)},
      {name_in_files<mx::Equal>,
       [](FunctionFile& file) {
         return of(2, [nan = file.boolean()](const Arrays& in, S s) {
           const auto equal = mx::equal(in[0], in[1], s);
           return nan ? mx::logical_or(equal, mx::logical_and(mx::isnan(in[0], s), mx::isnan(in[1], s), s), s) : equal;
         });
       }},
      {name_in_files<mx::Erf>, unary(mx::erf)},
      {name_in_files<mx::ErfInv>, unary(mx::erfinv)},
      {name_in_files<mx::Exp>, unary(mx::exp)},
      {name_in_files<mx::Expm1>, unary(mx::expm1)},
      {name_in_files<mx::Floor>, unary(mx::floor)},
      {name_in_files<mx::FloorDivide>, binary(floor_divide)},
      {name_in_files<mx::Full>, plain(1, [](const Arrays& in, S) { return in[0]; })},  // its input is already broadcast
      {name_in_files<mx::Greater>, binary(mx::greater)},
      {name_in_files<mx::GreaterEqual>, binary(mx::greater_equal)},
      {name_in_files<mx::Imag>, unary(mx::imag)},
      {name_in_files<mx::Less>, binary(mx::less)},
      {name_in_files<mx::LessEqual>, binary(mx::less_equal)},
      {name_in_files<mx::Log>,
       [](FunctionFile& file) {
         using Op = array (*)(const array&, S);
         static constexpr Op ops[] = {mx::log2, mx::log10, mx::log};
         return of(1, [op = ops[choice(file, 2)]](const Arrays& in, S s) { return op(in[0], s); });
       }},
      {name_in_files<mx::Log1p>, unary(mx::log1p)},
      {name_in_files<mx::LogAddExp>, binary(mx::logaddexp)},
      {name_in_files<mx::LogicalAnd>, binary(mx::logical_and)},
      {name_in_files<mx::LogicalNot>, unary(mx::logical_not)},
      {name_in_files<mx::LogicalOr>, binary(mx::logical_or)},
      {name_in_files<mx::Maximum>, binary(mx::maximum)},
      {name_in_files<mx::Minimum>, binary(mx::minimum)},
      {name_in_files<mx::Multiply>, binary(mx::multiply)},
      {name_in_files<mx::Negative>, unary(mx::negative)},
      {name_in_files<mx::NotEqual>, binary(mx::not_equal)},
      {name_in_files<mx::Power>, binary(mlx4j::power)},
      {name_in_files<mx::RandomBits>,
       [](FunctionFile& file) {
         const auto shape = file.shape();
         const auto width = file.number<int>();
         return of(1, [=](const Arrays& in, S s) { return bits(shape, width, in[0], s); });
       }},
      {name_in_files<mx::Real>, unary(mx::real)},
      {name_in_files<mx::Remainder>, binary(remainder)},
      {name_in_files<mx::Round>, plain(1, [](const Arrays& in, S s) { return mx::round(in[0], 0, s); })},
      {name_in_files<mx::Select>, plain(3, [](const Arrays& in, S s) { return mx::where(in[0], in[1], in[2], s); })},
      {name_in_files<mx::Sigmoid>, unary(mx::sigmoid)},
      {name_in_files<mx::Sign>, unary(mx::sign)},
      {name_in_files<mx::Sin>, unary(mx::sin)},
      {name_in_files<mx::Sinh>, unary(mx::sinh)},
      {name_in_files<mx::Sqrt>,
       [](FunctionFile& file) {
         return of(1, [reciprocal = file.boolean()](const Arrays& in, S s) {
           return reciprocal ? mx::rsqrt(in[0], s) : mx::sqrt(in[0], s);
         });
       }},
      {name_in_files<mx::Square>, unary(mx::square)},
      {name_in_files<mx::StopGradient>, unary(mx::stop_gradient)},
      {name_in_files<mx::Subtract>, binary(mx::subtract)},
      {name_in_files<mx::Tan>, unary(mx::tan)},
      {name_in_files<mx::Tanh>, unary(mx::tanh)},
  };
}

}  // namespace mlx4j::exported
