// On the CPU, MLX multiplies matrices of float16 and bfloat16 in loops that are fifty times slower than BLAS with
// float32. Here they are multiplied as float32, in which MLX's loops accumulate as well, and rounded once.
//
// These definitions replace libmlx's everywhere, also where MLX itself multiplies (einsum, attention, gradients): on
// Linux the dynamic linker finds them first, because this library is opened before libmlx, on which it depends.
#ifdef MLX4J_REFERENCE_LAPACK

#include <dlfcn.h>

#include <stdexcept>

#include "mlx/mlx.h"

namespace mlx::core {

using Matmul = array(const array&, const array&, StreamOrDevice);
using AddMM = array(array, array, array, const float&, const float&, StreamOrDevice);

// Returns libmlx's own function that `ours` replaces.
template <typename Function>
static Function* original(Function* ours) {
  Dl_info info;
  void* libmlx = dlopen("libmlx.so", RTLD_LAZY | RTLD_NOLOAD);
  if (!libmlx || !dladdr(reinterpret_cast<void*>(ours), &info) || !info.dli_sname) {
    throw std::runtime_error("[matmul] libmlx is not loaded.");
  }
  return reinterpret_cast<Function*>(dlsym(libmlx, info.dli_sname));
}

// Below some thousand multiplications, the conversions would cost more than they save.
static bool worthwhile(const array& a, const array& b, const StreamOrDevice& s) {
  if (a.ndim() < 2 || b.ndim() < 2 || to_stream(s).device != Device::cpu) {
    return false;
  }
  auto dtype = result_type(a, b);
  return (dtype == float16 || dtype == bfloat16) && double(a.size()) * b.shape(-1) > 4096;
}

array matmul(const array& a, const array& b, StreamOrDevice s) {
  static Matmul* multiply = original<Matmul>(&matmul);
  if (!worthwhile(a, b, s)) {
    return multiply(a, b, s);
  }
  return astype(multiply(astype(a, float32, s), astype(b, float32, s), s), result_type(a, b), s);
}

array addmm(array c, array a, array b, const float& alpha, const float& beta, StreamOrDevice s) {
  static AddMM* multiply_and_add = original<AddMM>(&addmm);
  auto dtype = result_type(std::vector<array>{a, b, c});
  if (dtype != result_type(a, b) || !worthwhile(a, b, s)) {
    return multiply_and_add(c, a, b, alpha, beta, s);
  }
  auto wide = [&s](const array& x) { return astype(x, float32, s); };
  return astype(multiply_and_add(wide(c), wide(a), wide(b), alpha, beta, s), dtype, s);
}

}  // namespace mlx::core

#endif
