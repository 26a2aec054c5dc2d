#include "fast.h"

#include <bit>

#include "cpu/fast.h"
#include "indexing.h"

namespace mlx4j {

mx::array rms_norm(const mx::array& x, Maybe weight, float eps, mx::StreamOrDevice s) {
#ifdef MLX4J_CPU
  if (auto fused = cpu::rms_norm(x, weight, eps, mx::to_stream(s))) {
    return *std::move(fused);
  }
#endif
  return mx::fast::rms_norm(x, weight, eps, s);
}

mx::array layer_norm(const mx::array& x, Maybe weight, Maybe bias, float eps, mx::StreamOrDevice s) {
#ifdef MLX4J_CPU
  if (auto fused = cpu::layer_norm(x, weight, bias, eps, mx::to_stream(s))) {
    return *std::move(fused);
  }
#endif
  return mx::fast::layer_norm(x, weight, bias, eps, s);
}

mx::array rope(const mx::array& a, int dims, bool traditional, std::optional<float> base, float scale,
               const mx::array& offset, Maybe freqs, mx::StreamOrDevice s) {
#ifdef MLX4J_CPU
  if (auto fused = cpu::rope(a, dims, traditional, base, scale, offset, freqs, mx::to_stream(s))) {
    return *std::move(fused);
  }
#endif
  return mx::fast::rope(a, dims, traditional, base, scale, offset, freqs, s);
}

mx::array scaled_dot_product_attention(const mx::array& q, const mx::array& k, const mx::array& v, float scale,
                                       const char* mask_mode, Maybe mask, Maybe sinks, bool force_fused,
                                       mx::StreamOrDevice s) {
#ifdef MLX4J_CPU
  if (auto fused = cpu::scaled_dot_product_attention(q, k, v, scale, mask_mode, mask, sinks, mx::to_stream(s))) {
    return *std::move(fused);
  }
#endif
  return mx::fast::scaled_dot_product_attention(q, k, v, scale, mask_mode, mask, sinks, force_fused, s);
}

mx::array cross_entropy(const mx::array& logits, const mx::array& targets, mx::StreamOrDevice s) {
  return mx::fast::cross_entropy(logits, within("crossEntropy", targets, 0, logits.shape(-1) - 1, s), s);
}

// ---- kernels --------------------------------------------------------------------------------------
text::text(jbyteArray bytes) {
  require_array(bytes);
  JNIEnv* env = require_env();
  s.resize(std::size_t(env->GetArrayLength(bytes)));
  env->GetByteArrayRegion(bytes, 0, jsize(s.size()), reinterpret_cast<jbyte*>(s.data()));
}

texts::texts(jobjectArray a) {
  require_array(a);
  JNIEnv* env = require_env();
  const jsize n = env->GetArrayLength(a);
  for (jsize i = 0; i < n; ++i) {
    LocalFrame frame(env);
    v.push_back(text(static_cast<jbyteArray>(env->GetObjectArrayElement(a, i))).s);
  }
}

void require_metal_kernel(const std::string& name) {
  if (!mx::metal::is_available()) {  // MLX reports this only when the kernel runs
    throw std::runtime_error("[metalKernel] this needs Metal, and there is no Metal back-end here");
  }
  mx::fast::metal_kernel(name, {}, {}, "");
}

void require_cuda_kernel(const std::string& name) { mx::fast::cuda_kernel(name, {}, {}, ""); }

namespace {

std::vector<mx::Shape> unpacked(const std::vector<int>& shapes) {
  std::vector<mx::Shape> v;
  for (auto at = shapes.begin(); at != shapes.end();) {
    const auto ndim = *at++;
    v.emplace_back(at, at + ndim);
    at += ndim;
  }
  return v;
}

std::vector<mx::Dtype> dtypes_of(const std::vector<int>& ordinals) {
  std::vector<mx::Dtype> v;
  for (auto ordinal : ordinals) {
    v.push_back(dtype_of(ordinal));
  }
  return v;
}

std::tuple<int, int, int> three(const std::vector<int>& launch, std::size_t at) {
  return {launch.at(at), launch.at(at + 1), launch.at(at + 2)};
}

std::vector<std::pair<std::string, mx::fast::TemplateArg>> template_arguments(const std::vector<std::string>& names,
                                                                              const std::vector<int>& kinds,
                                                                              const std::vector<int>& values) {
  std::vector<std::pair<std::string, mx::fast::TemplateArg>> v;
  for (std::size_t i = 0; i < names.size(); ++i) {
    switch (kinds.at(i)) {
      case 0:
        v.emplace_back(names[i], values.at(i));
        break;
      case 1:
        v.emplace_back(names[i], values.at(i) != 0);
        break;
      default:
        v.emplace_back(names[i], dtype_of(values.at(i)));
    }
  }
  return v;
}

}  // namespace

Arrays metal_kernel(const std::string& name, const std::vector<std::string>& input_names,
                    const std::vector<std::string>& output_names, const std::string& source, const std::string& header,
                    bool ensure_row_contiguous, bool atomic_outputs, jint math_mode, const Arrays& inputs,
                    const std::vector<int>& shapes, const std::vector<int>& dtypes, const std::vector<int>& launch,
                    const std::vector<std::string>& template_names, const std::vector<int>& kinds,
                    const std::vector<int>& values, std::optional<float> init_value, bool verbose,
                    mx::StreamOrDevice s) {
  auto kernel = mx::fast::metal_kernel(name, input_names, output_names, source, header, ensure_row_contiguous,
                                       atomic_outputs, mx::CompileOptions(math_mode));
  return kernel(inputs, unpacked(shapes), dtypes_of(dtypes), three(launch, 0), three(launch, 3),
                template_arguments(template_names, kinds, values), init_value, verbose, s);
}

Arrays cuda_kernel(const std::string& name, const std::vector<std::string>& input_names,
                   const std::vector<std::string>& output_names, const std::string& source, const std::string& header,
                   bool ensure_row_contiguous, jint shared_memory, const Arrays& inputs, const std::vector<int>& shapes,
                   const std::vector<int>& dtypes, const std::vector<int>& launch,
                   const std::vector<std::string>& template_names, const std::vector<int>& kinds,
                   const std::vector<int>& values, std::optional<float> init_value, bool verbose,
                   mx::StreamOrDevice s) {
  auto kernel =
      mx::fast::cuda_kernel(name, input_names, output_names, source, header, ensure_row_contiguous, shared_memory);
  return kernel(inputs, unpacked(shapes), dtypes_of(dtypes), three(launch, 0), three(launch, 3),
                template_arguments(template_names, kinds, values), init_value, verbose, s);
}

Arrays precompiled_cuda_kernel(const std::string& name, const std::string& compiled_source, const Arrays& inputs,
                               const std::vector<int>& shapes, const std::vector<int>& dtypes,
                               const std::vector<int>& kinds, const std::vector<int>& values,
                               const std::vector<int>& launch, jint shared_memory, std::optional<float> init_value,
                               bool ensure_row_contiguous, mx::StreamOrDevice s) {
  std::vector<mx::fast::ScalarArg> scalars;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    switch (kinds[i]) {
      case 0:
        scalars.emplace_back(values.at(i));
        break;
      case 1:
        scalars.emplace_back(values.at(i) != 0);
        break;
      default:
        scalars.emplace_back(std::bit_cast<float>(values.at(i)));
    }
  }
  return mx::fast::precompiled_cuda_kernel(name, compiled_source, inputs, unpacked(shapes), dtypes_of(dtypes), scalars,
                                           three(launch, 0), three(launch, 3), shared_memory, init_value,
                                           ensure_row_contiguous, s);
}

}  // namespace mlx4j
