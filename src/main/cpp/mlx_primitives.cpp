#include "mlx_primitives.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <typeinfo>
#include <unordered_map>

#include "mlx/distributed/primitives.h"
#include "mlx/fast_primitives.h"
#include "threads.h"

namespace mlx4j {

class CustomCall;
class WholeFunction;
namespace cpu {
class Dequantize;
class RotaryEmbedding;
class RowNorm;
class ScaledDotProductAttention;
}  // namespace cpu
namespace distributed {
class AllGather;
}

namespace {

// ---- workspaces -----------------------------------------------------------------------------------
constexpr std::size_t largest = std::numeric_limits<std::size_t>::max() / 2;

std::size_t product(std::size_t a, std::size_t b) {
  return __builtin_mul_overflow(a, b, &a) || a > largest ? largest : a;
}

// The plan for a length that is a large prime number transforms up to four times that length.
std::size_t fft_workspace(const mx::array& a) {
  std::size_t length = 0;
  const auto state = static_cast<const mx::FFT&>(a.primitive()).state();
  for (auto axis : std::get<0>(state)) {
    length = std::max({length, std::size_t(a.shape(int(axis))), std::size_t(a.inputs()[0].shape(int(axis)))});
  }
  return 64 * length;
}

// A stable sort copies the row that it sorts.
template <class P>
std::size_t sort_workspace(const mx::array& a) {
  return a.size() == 0 ? 0 : a.shape(static_cast<const P&>(a.primitive()).state()) * a.itemsize();
}

// What LAPACK requests for a matrix, in squares of its shorter side.
template <std::size_t squares>
std::size_t decomposition_workspace(const mx::array& a) {
  const auto& in = a.inputs()[0];
  const auto side = std::size_t(std::min(in.shape(-1), in.shape(-2)));
  return product(product(side, side), squares * in.itemsize());
}

// ---- the table ------------------------------------------------------------------------------------
constexpr const char* not_converged = "the iteration did not converge";
constexpr const char* not_factored = "the matrix cannot be factored";
constexpr const char* not_positive_definite = "the matrix is not positive definite";
constexpr const char* singular = "the matrix is singular, so it has no inverse; pinv always has a result";

using enum Fails;
using enum InFiles;

constexpr PrimitiveTraits table[] = {
    // mlx/primitives.h
    {.type = type_name<mx::Abs>(), .in_files = itself},
    {.type = type_name<mx::Add>(), .in_files = itself},
    {.type = type_name<mx::AddMM>(), .in_files = itself, .work = Work::product},
    {.type = type_name<mx::Arange>(), .in_files = itself},
    {.type = type_name<mx::ArcCos>(), .in_files = itself},
    {.type = type_name<mx::ArcCosh>(), .in_files = itself},
    {.type = type_name<mx::ArcSin>(), .in_files = itself},
    {.type = type_name<mx::ArcSinh>(), .in_files = itself},
    {.type = type_name<mx::ArcTan>(), .in_files = itself},
    {.type = type_name<mx::ArcTan2>(), .in_files = itself},
    {.type = type_name<mx::ArcTanh>(), .in_files = itself},
    {.type = type_name<mx::ArgPartition>(), .in_files = itself},
    {.type = type_name<mx::ArgReduce>(), .in_files = itself, .work = Work::first_input},
    {.type = type_name<mx::ArgSort>(), .in_files = itself, .workspace = sort_workspace<mx::ArgSort>},
    {.type = type_name<mx::AsType>(), .in_files = itself},
    {.type = type_name<mx::AsStrided>(), .in_files = itself},
    {.type = type_name<mx::BitwiseBinary>(), .in_files = itself},
    {.type = type_name<mx::BitwiseInvert>()},
    {.type = type_name<mx::BlockMaskedMM>(), .in_files = itself, .fails = unless_float32, .work = Work::product},
    {.type = type_name<mx::GatherMM>(), .in_files = itself, .fails = unless_float32, .work = Work::product},
    {.type = type_name<mx::SegmentedMM>(), .work = Work::product},
    {.type = type_name<mx::BroadcastAxes>(), .in_files = itself},
    {.type = type_name<mx::Broadcast>(), .in_files = itself},
    {.type = type_name<mx::Ceil>(), .in_files = itself},
    {.type = type_name<mx::Compiled>()},
    {.type = type_name<mx::Concatenate>(), .in_files = itself},
    {.type = type_name<mx::Conjugate>(), .in_files = itself},
    {.type = type_name<mx::Contiguous>()},
    {.type = type_name<mx::Convolution>(), .in_files = itself, .fails = if_wide, .work = Work::product},
    {.type = type_name<mx::Copy>(), .in_files = itself},
    {.type = type_name<mx::Cos>(), .in_files = itself},
    {.type = type_name<mx::Cosh>(), .in_files = itself},
    {.type = type_name<mx::CustomTransforms>(), .in_files = its_computation},
    {.type = type_name<mx::Depends>(), .in_files = itself},
    {.type = type_name<mx::Divide>(), .in_files = itself},
    {.type = type_name<mx::DivMod>(), .in_files = itself},
    {.type = type_name<mx::Select>(), .in_files = itself},
    {.type = type_name<mx::Remainder>(), .in_files = itself},
    {.type = type_name<mx::Equal>(), .in_files = itself},
    {.type = type_name<mx::Erf>(), .in_files = itself},
    {.type = type_name<mx::ErfInv>(), .in_files = itself},
    {.type = type_name<mx::Exp>(), .in_files = itself},
    {.type = type_name<mx::Expm1>(), .in_files = itself},
    {.type = type_name<mx::ExpandDims>(), .in_files = itself},
    {.type = type_name<mx::FFT>(), .in_files = itself, .workspace = fft_workspace},
    {.type = type_name<mx::Flatten>(), .in_files = itself},
    {.type = type_name<mx::Floor>(), .in_files = itself},
    {.type = type_name<mx::FloorDivide>(), .in_files = itself},
    {.type = type_name<mx::Full>(), .in_files = itself},
    {.type = type_name<mx::Gather>(), .in_files = itself},
    {.type = type_name<mx::GatherAxis>(), .in_files = itself},
    {.type = type_name<mx::Greater>(), .in_files = itself},
    {.type = type_name<mx::GreaterEqual>(), .in_files = itself},
    {.type = type_name<mx::Hadamard>(), .in_files = itself},
    {.type = type_name<mx::Imag>(), .in_files = itself},
    {.type = type_name<mx::Less>(), .in_files = itself},
    {.type = type_name<mx::LessEqual>(), .in_files = itself},
    {.type = type_name<mx::Load>(), .in_files = its_values, .fails = sometimes},
    {.type = type_name<mx::Log>(), .in_files = itself},
    {.type = type_name<mx::Log1p>(), .in_files = itself},
    {.type = type_name<mx::LogicalNot>(), .in_files = itself},
    {.type = type_name<mx::LogicalAnd>(), .in_files = itself},
    {.type = type_name<mx::LogicalOr>(), .in_files = itself},
    {.type = type_name<mx::LogAddExp>(), .in_files = itself},
    {.type = type_name<mx::LogSumExp>(), .in_files = itself, .work = Work::first_input},
    {.type = type_name<mx::Matmul>(), .in_files = itself, .work = Work::product},
    {.type = type_name<mx::Maximum>(), .in_files = itself},
    {.type = type_name<mx::Minimum>(), .in_files = itself},
    {.type = type_name<mx::Multiply>(), .in_files = itself},
    {.type = type_name<mx::Negative>(), .in_files = itself},
    {.type = type_name<mx::NotEqual>(), .in_files = itself},
    {.type = type_name<mx::NumberOfElements>(), .in_files = itself},
    {.type = type_name<mx::Pad>(), .in_files = itself},
    {.type = type_name<mx::Partition>(), .in_files = itself},
    {.type = type_name<mx::Power>(), .in_files = itself},
    {.type = type_name<mx::QuantizedMatmul>(), .in_files = itself, .work = Work::product},
    {.type = type_name<mx::QQMatmul>(), .fails = sometimes},
    {.type = type_name<mx::GatherQMM>(), .in_files = itself, .work = Work::product},
    {.type = type_name<mx::GatherQQMM>(), .fails = sometimes},
    {.type = type_name<mx::RandomBits>(), .in_files = itself},
    {.type = type_name<mx::Real>(), .in_files = itself},
    {.type = type_name<mx::Reshape>(), .in_files = itself},
    {.type = type_name<mx::Reduce>(), .in_files = itself, .work = Work::first_input},
    {.type = type_name<mx::Round>(), .in_files = itself},
    {.type = type_name<mx::Scan>(), .in_files = itself},
    {.type = type_name<mx::Scatter>(), .in_files = itself},
    {.type = type_name<mx::ScatterAxis>(), .in_files = itself},
    {.type = type_name<mx::MaskedScatter>(), .in_files = itself},
    {.type = type_name<mx::Sigmoid>(), .in_files = itself},
    {.type = type_name<mx::Sign>(), .in_files = itself},
    {.type = type_name<mx::Sin>(), .in_files = itself},
    {.type = type_name<mx::Sinh>(), .in_files = itself},
    {.type = type_name<mx::Slice>(), .in_files = itself},
    {.type = type_name<mx::SliceUpdate>(), .in_files = itself},
    {.type = type_name<mx::DynamicSlice>(), .in_files = itself},
    {.type = type_name<mx::DynamicSliceUpdate>(), .in_files = itself},
    {.type = type_name<mx::Softmax>(), .in_files = itself},
    {.type = type_name<mx::SearchSorted>(), .in_files = itself},
    {.type = type_name<mx::Sort>(), .in_files = itself, .workspace = sort_workspace<mx::Sort>},
    {.type = type_name<mx::Split>(), .in_files = itself},
    {.type = type_name<mx::Square>(), .in_files = itself},
    {.type = type_name<mx::Sqrt>(), .in_files = itself},
    {.type = type_name<mx::StopGradient>(), .in_files = itself, .stops_derivatives = true},
    {.type = type_name<mx::Subtract>(), .in_files = itself},
    {.type = type_name<mx::Squeeze>(), .in_files = itself},
    {.type = type_name<mx::Tan>(), .in_files = itself},
    {.type = type_name<mx::Tanh>(), .in_files = itself},
    {.type = type_name<mx::Unflatten>(), .in_files = itself},
    {.type = type_name<mx::View>(), .in_files = itself},
    {.type = type_name<mx::Transpose>(), .in_files = itself},
    {.type = type_name<mx::QRF>(), .in_files = itself, .fails = sometimes, .function = "qr", .failure = not_factored},
    {.type = type_name<mx::SVD>(),
     .in_files = itself,
     .fails = sometimes,
     .needs = Needs::finite,
     .function = "svd",
     .failure = not_converged,
     .workspace = decomposition_workspace<5>},
    {.type = type_name<mx::Inverse>(), .in_files = itself, .fails = sometimes, .function = "inv", .failure = singular},
    {.type = type_name<mx::Cholesky>(),
     .in_files = itself,
     .fails = sometimes,
     .needs = Needs::positive_definite,
     .function = "cholesky",
     .failure = not_positive_definite},
    {.type = type_name<mx::Eig>(),
     .in_files = itself,
     .fails = sometimes,
     .needs = Needs::finite,
     .function = "eig",
     .failure = not_converged,
     .workspace = decomposition_workspace<6>},
    {.type = type_name<mx::Eigh>(),
     .in_files = itself,
     .fails = sometimes,
     .needs = Needs::finite,
     .function = "eigh",
     .failure = not_converged,
     .workspace = decomposition_workspace<3>},
    {.type = type_name<mx::LUF>(), .fails = sometimes, .function = "lu", .failure = not_factored},
    // mlx/fast_primitives.h
    {.type = type_name<mx::fast::RMSNorm>(), .in_files = itself},
    {.type = type_name<mx::fast::RMSNormVJP>(), .in_files = itself},
    {.type = type_name<mx::fast::CrossEntropy>()},
    {.type = type_name<mx::fast::CrossEntropyVJP>()},
    {.type = type_name<mx::fast::LayerNorm>(), .in_files = itself},
    {.type = type_name<mx::fast::LayerNormVJP>(), .in_files = itself},
    {.type = type_name<mx::fast::RoPE>(), .in_files = itself},
    {.type = type_name<mx::fast::ScaledDotProductAttention>(), .in_files = itself},
    {.type = type_name<mx::fast::ScaledDotProductAttentionVJP>()},
    {.type = type_name<mx::fast::ConvertFP8>()},
    {.type = type_name<mx::fast::GatedDeltaUpdate>()},
    {.type = type_name<mx::fast::GatedDeltaUpdateVJP>()},
    {.type = type_name<mx::fast::Quantize>(), .in_files = itself},
    {.type = type_name<mx::fast::CustomKernel>(), .in_files = refused},
    // mlx/distributed/primitives.h
    {.type = type_name<mx::distributed::AllReduce>(), .communicates = true},
    {.type = type_name<mx::distributed::AllGather>(), .communicates = true},
    {.type = type_name<mx::distributed::Send>(), .communicates = true},
    {.type = type_name<mx::distributed::Recv>(), .communicates = true},
    {.type = type_name<mx::distributed::ReduceScatter>(), .communicates = true},
    // ours
    {.type = type_name<CustomCall>(), .in_files = its_computation},
    {.type = type_name<WholeFunction>()},
    {.type = type_name<cpu::Dequantize>(), .in_files = its_values},
    {.type = type_name<cpu::RotaryEmbedding>(), .in_files = its_values},
    {.type = type_name<cpu::RowNorm>(), .in_files = its_values},
    {.type = type_name<cpu::ScaledDotProductAttention>(), .in_files = its_values, .work = Work::attention},
    {.type = type_name<distributed::AllGather>(), .communicates = true},
};

static_assert(type_name<mx::Abs>() == "mlx::core::Abs");
static_assert(type_name<CustomCall>() == "mlx4j::CustomCall");

constexpr PrimitiveTraits unknown{};

// ---- recognition ----------------------------------------------------------------------------------
// Returns "mlx::core::SVD" for "N3mlx4core3SVDE", the way the Itanium C++ ABI mangles it.
std::string demangled(std::string_view mangled) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  std::string name;
  if (mangled.starts_with('N')) {
    mangled.remove_prefix(1);
  }
  while (!mangled.empty() && is_digit(mangled[0])) {
    std::size_t length = 0;
    for (; !mangled.empty() && is_digit(mangled[0]); mangled.remove_prefix(1)) {
      length = 10 * length + std::size_t(mangled[0] - '0');
    }
    length = std::min(length, mangled.size());
    name.append(name.empty() ? "" : "::").append(mangled.substr(0, length));
    mangled.remove_prefix(length);
  }
  return name;
}

const PrimitiveTraits& look_up(const std::type_info& type) {
  const auto name = demangled(type.name());
  const auto* found =
      std::find_if(std::begin(table), std::end(table), [&](auto& traits) { return traits.type == name; });
  return found == std::end(table) ? unknown : *found;
}

}  // namespace

const PrimitiveTraits& traits_of(const mx::Primitive& primitive) {
  static auto& known = immortal<std::unordered_map<const std::type_info*, const PrimitiveTraits*>>();
  const std::type_info& type = typeid(primitive);
  const auto it = known.find(&type);
  return it != known.end() ? *it->second : *known.emplace(&type, &look_up(type)).first->second;
}

std::string type_name_of(const mx::Primitive& primitive) { return demangled(typeid(primitive).name()); }

std::string explained(const std::string& message) {
  for (const auto& traits : table) {
    if (traits.failure) {
      const auto prefix = "[" + std::string(traits.type.substr(traits.type.rfind(':') + 1)) + "::eval_cpu]";
      if (message.starts_with(prefix) && message.find("failed") != std::string::npos) {
        return std::string("[") + traits.function + "] " + traits.failure;
      }
    }
  }
  return message;
}

std::string known_primitives() {
  std::string lines;
  for (const auto& traits : table) {
    lines.append(traits.type).append("\n");
  }
  return lines;
}

std::string primitives_in_files() {
  std::string lines;
  for (const auto& traits : table) {
    if (traits.in_files == itself || traits.in_files == refused) {
      lines.append(traits.type.substr(traits.type.rfind(':') + 1)).append("\n");
    }
  }
  return lines;
}

}  // namespace mlx4j
