// Operations for which MLX has fast versions, and kernels that users write.
#pragma once

#include "handles.h"

namespace mlx4j {

// The targets are in range, like the indices of `take`.
mx::array cross_entropy(const mx::array& logits, const mx::array& targets, mx::StreamOrDevice s);

using Maybe = const std::optional<mx::array>&;

// On the CPU of Linux, these are one operation each (cpu/fast.h); otherwise they are MLX's.
mx::array rms_norm(const mx::array& x, Maybe weight, float eps, mx::StreamOrDevice s);
mx::array layer_norm(const mx::array& x, Maybe weight, Maybe bias, float eps, mx::StreamOrDevice s);
mx::array rope(const mx::array& a, int dims, bool traditional, std::optional<float> base, float scale,
               const mx::array& offset, Maybe freqs, mx::StreamOrDevice s);
mx::array scaled_dot_product_attention(const mx::array& q, const mx::array& k, const mx::array& v, float scale,
                                       const char* mask_mode, Maybe mask, Maybe sinks, bool force_fused,
                                       mx::StreamOrDevice s);

// Texts are byte[] in UTF-8.
struct text {
  std::string s;
  explicit text(jbyteArray bytes);
  operator const std::string&() const { return s; }
};
struct texts {
  std::vector<std::string> v;
  explicit texts(jobjectArray a);
  operator const std::vector<std::string>&() const { return v; }
};

// Throw if this back-end is missing.
void require_metal_kernel(const std::string& name);
void require_cuda_kernel(const std::string& name);

// MLX compiles a kernel when it first runs and caches it by its name and source, so creating one before each run costs
// no more than reading the source. `shapes` are the output shapes in sequence, each preceded by its number of axes.
// `launch` is the grid and the threadgroup, three numbers each. `kinds` of template arguments are 0 for an int, 1 for a
// bool, 2 for a dtype.
Arrays metal_kernel(const std::string& name, const std::vector<std::string>& input_names,
                    const std::vector<std::string>& output_names, const std::string& source, const std::string& header,
                    bool ensure_row_contiguous, bool atomic_outputs, jint math_mode, const Arrays& inputs,
                    const std::vector<int>& shapes, const std::vector<int>& dtypes, const std::vector<int>& launch,
                    const std::vector<std::string>& template_names, const std::vector<int>& kinds,
                    const std::vector<int>& values, std::optional<float> init_value, bool verbose,
                    mx::StreamOrDevice s);
Arrays cuda_kernel(const std::string& name, const std::vector<std::string>& input_names,
                   const std::vector<std::string>& output_names, const std::string& source, const std::string& header,
                   bool ensure_row_contiguous, jint shared_memory, const Arrays& inputs, const std::vector<int>& shapes,
                   const std::vector<int>& dtypes, const std::vector<int>& launch,
                   const std::vector<std::string>& template_names, const std::vector<int>& kinds,
                   const std::vector<int>& values, std::optional<float> init_value, bool verbose, mx::StreamOrDevice s);

// `kinds` of scalars are 0 for an int, 1 for a bool, 2 for a float, whose bits are the value.
Arrays precompiled_cuda_kernel(const std::string& name, const std::string& compiled_source, const Arrays& inputs,
                               const std::vector<int>& shapes, const std::vector<int>& dtypes,
                               const std::vector<int>& kinds, const std::vector<int>& values,
                               const std::vector<int>& launch, jint shared_memory, std::optional<float> init_value,
                               bool ensure_row_contiguous, mx::StreamOrDevice s);

}  // namespace mlx4j
