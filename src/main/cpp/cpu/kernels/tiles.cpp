#include "cpu/kernels/tiles.h"

#include <cstdint>

#ifdef __AVX512BW__

#include "cpu/kernels/square.h"

// The processors with the matrix unit also convert to bfloat16.
#define MLX4J_UNIT __attribute__((target("amx-tile,amx-bf16,avx512bf16")))

namespace mlx4j::cpu {

namespace {

constexpr std::size_t lines = 16;  // of a tile, each of 32 bfloat16 numbers
constexpr std::size_t line_bytes = 64;
constexpr std::size_t tile_bytes = lines * line_bytes;
constexpr std::size_t plane_bytes = 2 * tile_bytes;  // one of the parts of all numbers of a step
constexpr int most_parts = 3;

__mmask16 first(std::size_t n) { return n >= lines ? 0xffff : __mmask16((1u << n) - 1); }

// What the numbers are without their first parts, without the first two, and without all three: bits of all of them
// together, which are zero, but for the sign, if nothing is left.
struct Rests {
  __m512i bits[most_parts] = {};

  void add(int part, __m512 x, __m512 y) {
    constexpr int or_of_three = 0xfe;
    bits[part] = _mm512_ternarylogic_epi32(bits[part], _mm512_castps_si512(x), _mm512_castps_si512(y), or_of_three);
  }

  // How many parts leave no rest, or 0.
  int parts() const {
    for (int part = 0; part < most_parts; ++part) {
      if (_mm512_test_epi32_mask(bits[part], _mm512_set1_epi32(0x7fffffff)) == 0) {
        return part + 1;
      }
    }
    return 0;
  }
};

// Writes a line of a tile in each plane: pairs of the parts of x and y.
MLX4J_UNIT inline void split(__m512 x, __m512 y, unsigned char* to, Rests& rests) {
  const __m512i pairs = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21,
                                         5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
  const __m512i upper = _mm512_set1_epi32(int(0xffff0000));
  for (int part = 0; part < most_parts; ++part) {
    const __m512i rounded = _mm512_permutexvar_epi16(pairs, __m512i(_mm512_cvtne2ps_pbh(y, x)));
    _mm512_store_si512(to + part * plane_bytes, rounded);
    x = _mm512_sub_ps(x, _mm512_castsi512_ps(_mm512_slli_epi32(rounded, 16)));
    y = _mm512_sub_ps(y, _mm512_castsi512_ps(_mm512_and_si512(rounded, upper)));
    rests.add(part, x, y);
  }
}

// The lines of a tile are rows of the left matrix with numbers of the inner dimension, or numbers of the inner
// dimension with columns of the right matrix. The pairs are 16 apart in the inner dimension.
template <bool left>
MLX4J_UNIT void pack(const Strip& strip, Panel& panel) {
  const bool lines_in_memory = strip.along == 1 ? left : !left;
  const std::ptrdiff_t stride = strip.along == 1 ? strip.across : strip.along;
  Rests rests;
  unsigned char* to = panel.data;
  for (std::size_t k = 0; k < strip.inner; k += Panel::step, to += Panel::step_bytes) {
    for (std::size_t tile = 0; tile < 2; ++tile) {
      const std::size_t across = tile * lines;
      const std::size_t width = strip.width > across ? strip.width - across : 0;
      Square halves[2];
      for (std::size_t half = 0; half < 2; ++half) {
        const std::size_t along = k + half * lines;
        const std::size_t inner = strip.inner > along ? strip.inner - along : 0;
        const float* from = strip.data + std::ptrdiff_t(across) * strip.across + std::ptrdiff_t(along) * strip.along;
        if (strip.along == 1) {
          read(from, stride, width, inner, halves[half]);
        } else {
          read(from, stride, inner, width, halves[half]);
        }
        if (!lines_in_memory) {
          transpose(halves[half]);
        }
      }
      for (std::size_t i = 0; i < lines; ++i) {
        split(halves[0].line[i], halves[1].line[i], to + tile * tile_bytes + i * line_bytes, rests);
      }
    }
  }
  panel.parts = rests.parts();
}

// The format in which the unit reads its configuration.
struct alignas(64) Configuration {
  std::uint8_t palette = 1;
  std::uint8_t start_row = 0;
  std::uint8_t reserved[14] = {};
  std::uint16_t bytes[16] = {line_bytes, line_bytes, line_bytes, line_bytes,
                             line_bytes, line_bytes, line_bytes, line_bytes};
  std::uint8_t rows[16] = {lines, lines, lines, lines, lines, lines, lines, lines};
};

MLX4J_UNIT void begin() {
  static const Configuration configuration;
  _tile_loadconfig(&configuration);
}

MLX4J_UNIT void end() { _tile_release(); }

// Tiles 0 to 3 hold the sums. Two tiles of the left panel and two of the right one are multiplied at a time.
MLX4J_UNIT inline void load_left(const unsigned char* step, int part) {
  const unsigned char* plane = step + part * plane_bytes;
  _tile_loadd(4, plane, line_bytes);
  _tile_loadd(5, plane + tile_bytes, line_bytes);
}

MLX4J_UNIT inline void load_right(const unsigned char* step, int part) {
  const unsigned char* plane = step + part * plane_bytes;
  _tile_loadd(6, plane, line_bytes);
  _tile_loadd(7, plane + tile_bytes, line_bytes);
}

MLX4J_UNIT inline void add_products() {
  _tile_dpbf16ps(0, 4, 6);
  _tile_dpbf16ps(1, 4, 7);
  _tile_dpbf16ps(2, 5, 6);
  _tile_dpbf16ps(3, 5, 7);
}

// The small products are added up first, so that their sums are not rounded to the precision of the large ones.
template <int left_parts, int right_parts>
MLX4J_UNIT void multiply(const unsigned char* left, const unsigned char* right, std::size_t steps, float* y) {
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  for (std::size_t i = 0; left_parts + right_parts > 2 && i < steps; ++i) {
    const unsigned char *a = left + i * Panel::step_bytes, *b = right + i * Panel::step_bytes;
    if constexpr (right_parts > 1) {
      load_left(a, 0);
      if constexpr (right_parts > 2) {
        load_right(b, 2);
        add_products();
      }
      load_right(b, 1);
      add_products();
    }
    if constexpr (left_parts > 1) {
      load_left(a, 1);
      if constexpr (right_parts > 1) {
        add_products();
      }
      load_right(b, 0);
      add_products();
      if constexpr (left_parts > 2) {
        load_left(a, 2);
        add_products();
      }
    }
  }
  for (std::size_t i = 0; i < steps; ++i) {
    load_left(left + i * Panel::step_bytes, 0);
    load_right(right + i * Panel::step_bytes, 0);
    add_products();
  }
  constexpr std::size_t y_bytes = Panel::width * sizeof(float);
  _tile_stored(0, y, y_bytes);
  _tile_stored(1, y + lines, y_bytes);
  _tile_stored(2, y + lines * Panel::width, y_bytes);
  _tile_stored(3, y + lines * Panel::width + lines, y_bytes);
}

void multiply_panels(const Panel& left, const Panel& right, std::size_t steps, float* y) {
  using Multiply = void(const unsigned char*, const unsigned char*, std::size_t, float*);
  static constexpr Multiply* by_parts[most_parts][most_parts] = {
      {&multiply<1, 1>, &multiply<1, 2>, &multiply<1, 3>},
      {&multiply<2, 1>, &multiply<2, 2>, &multiply<2, 3>},
      {&multiply<3, 1>, &multiply<3, 2>, &multiply<3, 3>},
  };
  by_parts[left.parts - 1][right.parts - 1](left.data, right.data, steps, y);
}

void finish(const float* y, float alpha, float beta, float* c, std::size_t row_c, std::size_t rows,
            std::size_t columns) {
  const __mmask16 masks[] = {first(columns), first(columns > lines ? columns - lines : 0)};
  const __m512 scale = _mm512_set1_ps(alpha), old_scale = _mm512_set1_ps(beta);
  for (; rows > 0; --rows, y += Panel::width, c += row_c) {
    for (std::size_t half = 0; half < 2; ++half) {
      __m512 result = _mm512_mul_ps(scale, _mm512_load_ps(y + half * lines));
      if (beta != 0) {
        const __m512 old = _mm512_maskz_loadu_ps(masks[half], c + half * lines);
        result = _mm512_add_ps(result, _mm512_mul_ps(old_scale, old));
      }
      _mm512_mask_storeu_ps(c + half * lines, masks[half], result);
    }
  }
}

}  // namespace

template <>
TileKernels tile_kernels<MLX4J_INSTRUCTIONS>() {
  return {&pack<true>, &pack<false>, &multiply_panels, &begin, &end, &finish};
}

}  // namespace mlx4j::cpu

#endif
