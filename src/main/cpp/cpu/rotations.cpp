// Rotary position embeddings: pairs of numbers of each row, rotated by its position.
#include "cpu/kernels/rotations.h"

#include <cmath>

#include "cpu/arrays.h"
#include "cpu/fast.h"
#include "cpu/fast_operation.h"
#include "cpu/instructions.h"
#include "cpu/parallel.h"
#include "cpu/program.h"
#include "mlx/backend/cpu/encoder.h"

namespace mlx4j::cpu {

namespace {

constexpr std::size_t block = 256;  // pairs whose angles are computed together

std::size_t pairs_at_once() { return blocks_are_limited() ? 2 : block; }

// How many multiplications the angle of a pair takes as long as, and the rotation of one.
constexpr std::size_t work_of_an_angle = 16, work_of_a_pair = 4;

// Rows of `length` numbers, of which the first are `pairs` pairs.
struct Rotation {
  ProductKernels convert;
  RotationKernels use;
  Format format;
  std::size_t length;
  std::size_t pairs;
  bool adjacent;  // pairs lie beside each other; otherwise the second halves follow all first halves

  // The pairs [first, first + n) of a row.
  void operator()(const unsigned char* x, std::size_t first, std::size_t n, const float* cosines, const float* sines,
                  unsigned char* y) const {
    const std::size_t at = adjacent ? 2 * first : first;
    if (format == Format::float32) {
      const auto* from = reinterpret_cast<const float*>(x) + at;
      auto* to = reinterpret_cast<float*>(y) + at;
      rotate(from, from + pairs, n, cosines, sines, to, to + pairs);
      return;
    }
    float points[2 * block];
    const std::size_t item = size_of(format);
    if (adjacent) {
      convert.widen(format, x + at * item, points, 2 * n);
    } else {
      convert.widen(format, x + at * item, points, n);
      convert.widen(format, x + (at + pairs) * item, points + block, n);
    }
    rotate(points, points + block, n, cosines, sines, points, points + block);
    if (adjacent) {
      convert.narrow(format, points, y + at * item, 2 * n);
    } else {
      convert.narrow(format, points, y + at * item, n);
      convert.narrow(format, points + block, y + (at + pairs) * item, n);
    }
  }

  // What is not rotated.
  void copy_rest(const unsigned char* x, unsigned char* y) const {
    const std::size_t from = 2 * pairs * size_of(format), to = length * size_of(format);
    if (x != y) {
      std::copy(x + from, x + to, y + from);
    }
  }

 private:
  void rotate(const float* x, const float* y, std::size_t n, const float* cosines, const float* sines, float* to_x,
              float* to_y) const {
    adjacent ? use.rotate_pairs(x, cosines, sines, n, to_x) : use.rotate(x, y, cosines, sines, n, to_x, to_y);
  }
};

// Numbers of four bytes, for all sequences or one for each.
struct Offsets {
  Parts at_index;
  bool is_signed;
  bool one;

  float of(std::size_t sequence) const {
    const auto* data = at_index.at(one ? 0 : sequence);
    return is_signed ? float(*reinterpret_cast<const std::int32_t*>(data))
                     : float(*reinterpret_cast<const std::uint32_t*>(data));
  }
};

// In float32, as MLX computes them: the angles of large positions show each rounding.
void find_frequencies(const std::optional<Parts>& wavelengths, float base, float* result, std::size_t pairs) {
  if (wavelengths) {
    for (std::size_t i = 0; i < pairs; ++i) {
      result[i] = 1 / *reinterpret_cast<const float*>(wavelengths->at(i));
    }
  } else {
    const float step = std::log(base) / float(pairs);
    for (std::size_t i = 0; i < pairs; ++i) {
      result[i] = float(std::exp(double(-float(i) * step)));
    }
  }
}

}  // namespace

// x, the offset, and the wavelengths if they are given.
class RotaryEmbedding final : public FastOperation {
 public:
  RotaryEmbedding(mx::Stream s, Composition composition, int dims, bool traditional, float base, float scale)
      : FastOperation(s, "RoPE", std::move(composition)),
        pairs_(std::size_t(dims) / 2),
        traditional_(traditional),
        base_(base),
        scale_(scale) {}

 protected:
  void compute(const Arrays& inputs, mx::array& out) override {
    const mx::array& given = inputs[0];
    const bool may_overwrite = given.is_donatable();  // before there is another reference
    const mx::array x = given.strides(-1) == 1 ? given : dense(given, stream());
    const mx::array& offset = inputs[1];
    const auto length = std::size_t(x.shape(-1)), positions = std::size_t(x.shape(-2)),
               sequences = std::size_t(x.shape(0)), heads = x.size() / (length * positions * sequences);
    if (may_overwrite && given.flags().row_contiguous) {
      out.copy_shared_buffer(given);
    } else {
      out.set_data(mx::allocator::malloc(out.nbytes()));
    }
    const Rotation rotation = chosen([&]<Instructions set>(Set<set>) {
      return Rotation{
          product_kernels<set>(), rotation_kernels<set>(), *format_of(x.dtype()), length, pairs_, traditional_};
    });
    const Offsets offsets{Parts(offset, 0), offset.dtype() == mx::int32, offset.size() == 1};
    std::optional<Parts> wavelengths;
    if (inputs.size() == 3) {
      wavelengths.emplace(inputs[2], 0);
    }
    float* frequencies = room(pairs_, stream());
    mx::cpu::get_command_encoder(stream()).dispatch(
        [=, base = base_, scale = scale_, rows = Parts(x, 1), data = out.data<unsigned char>()] {
          find_frequencies(wavelengths, base, frequencies, rotation.pairs);
          const std::size_t row_bytes = rotation.length * size_of(rotation.format);
          const auto rotate = [&](std::size_t sequence, std::size_t last_sequence, std::size_t position) {
            const float turns = (float(position) + offsets.of(sequence)) * scale;
            float cosines[block], sines[block];
            for (std::size_t first = 0; first < rotation.pairs; first += pairs_at_once()) {
              const std::size_t n = std::min(pairs_at_once(), rotation.pairs - first);
              rotation.use.turns(turns, frequencies + first, n, cosines, sines);
              for (std::size_t i = sequence * heads; i < last_sequence * heads; ++i) {
                const std::size_t row = i * positions + position;
                unsigned char* to = data + row * row_bytes;
                const unsigned char* from = rows.at(row);
                rotation(from, first, n, cosines, sines, to);
                if (first == 0) {
                  rotation.copy_rest(from, to);
                }
              }
            }
          };
          // Sequences with the same positions share the angles.
          const std::size_t together = offsets.one ? sequences : 1;
          const std::size_t items = sequences / together * positions;
          const std::size_t work = rotation.pairs * (work_of_an_angle + together * heads * work_of_a_pair);
          parallel(items, blocks_are_limited() ? 1 : grain(work), [&](std::size_t first, std::size_t last) {
            for (std::size_t i = first; i < last; ++i) {
              const std::size_t sequence = i / positions;
              rotate(sequence, sequence + together, i % positions);
            }
          });
        });
  }

 private:
  std::size_t pairs_;
  bool traditional_;
  float base_;
  float scale_;
};

Fused rope(const mx::array& x, int dims, bool traditional, std::optional<float> base, float scale,
           const mx::array& offset, const std::optional<mx::array>& freqs, mx::Stream s) {
  if (!may_fuse(s) || x.ndim() < 3 || x.size() == 0 || !format_of(x.dtype()) || offset.ndim() > 1 ||
      (offset.size() != 1 && offset.size() != std::size_t(x.shape(0))) ||
      !mx::issubdtype(offset.dtype(), mx::integer) || dims <= 0 || dims % 2 != 0 || dims > x.shape(-1) ||
      base.has_value() == freqs.has_value() || (freqs && (freqs->ndim() != 1 || freqs->shape(0) != dims / 2))) {
    return std::nullopt;
  }
  Arrays inputs{x, offset.itemsize() == 4 ? offset : mx::astype(offset, mx::int32, s)};
  if (freqs) {
    inputs.push_back(mx::astype(*freqs, mx::float32, s));
  }
  auto composition = [=](const Arrays& inputs) {
    return mx::fast::rope(inputs[0], dims, traditional, base, scale, inputs[1],
                          inputs.size() == 3 ? std::optional(inputs[2]) : std::nullopt, s);
  };
  auto primitive =
      std::make_shared<RotaryEmbedding>(s, std::move(composition), dims, traditional, base.value_or(1), scale);
  return mx::array(x.shape(), x.dtype(), std::move(primitive), std::move(inputs));
}

}  // namespace mlx4j::cpu
