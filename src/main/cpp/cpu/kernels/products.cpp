#include "cpu/kernels/products.h"

#include <cstdint>

#include "cpu/kernels/half_bits.h"
#include "cpu/kernels/vectors.h"

#ifdef __AVX2__
#include "cpu/kernels/register_tiles.h"
#endif

namespace mlx4j::cpu {

namespace {

// ---- vectors --------------------------------------------------------------------------------------
#ifdef __AVX512F__
constexpr __mmask16 every = 0xffff;  // GCC warns of its own definitions of the functions without a mask
#endif

// Numbers are computed in blocks of 32, the smallest group: two to eight vectors.
constexpr std::size_t block = 32;
constexpr int vectors = int(block) / lanes;

using Ints = std::int32_t __attribute__((vector_size(4 * lanes)));
using Words = std::uint32_t __attribute__((vector_size(4 * lanes)));
using Halves = std::uint16_t __attribute__((vector_size(2 * lanes)));

// The sums of four vectors: first the halves of each are added, then the quarters, and so on.
void sums_of_four(const Floats (&v)[4], float (&to)[4]) {
#if defined(__AVX512F__)
  const auto halves = [](Floats a, Floats b) {
    return Floats(_mm512_maskz_shuffle_f32x4(every, __m512(a), __m512(b), 0x44)) +
           Floats(_mm512_maskz_shuffle_f32x4(every, __m512(a), __m512(b), 0xee));
  };
  const auto ab = __m512(halves(v[0], v[1])), cd = __m512(halves(v[2], v[3]));
  auto sums =
      Floats(_mm512_maskz_shuffle_f32x4(every, ab, cd, 0x88)) + Floats(_mm512_maskz_shuffle_f32x4(every, ab, cd, 0xdd));
  sums += Floats(_mm512_maskz_permute_ps(every, __m512(sums), 0x4e));
  sums += Floats(_mm512_maskz_permute_ps(every, __m512(sums), 0xb1));
  for (int i = 0; i < 4; ++i) {
    to[i] = sums[4 * i];
  }
#elif defined(__AVX2__)
  const auto halves = [](Floats a, Floats b) {
    return Floats(_mm256_permute2f128_ps(__m256(a), __m256(b), 0x20)) +
           Floats(_mm256_permute2f128_ps(__m256(a), __m256(b), 0x31));
  };
  const auto ab = __m256(halves(v[0], v[1])), cd = __m256(halves(v[2], v[3]));
  auto sums = Floats(_mm256_shuffle_ps(ab, cd, 0x44)) + Floats(_mm256_shuffle_ps(ab, cd, 0xee));
  sums += Floats(_mm256_permute_ps(__m256(sums), 0xb1));
  to[0] = sums[0];
  to[1] = sums[4];
  to[2] = sums[2];
  to[3] = sums[6];
#else
  for (int i = 0; i < 4; ++i) {
    float part[lanes];
    store(part, v[i]);
    for (int n = lanes / 2; n > 0; n /= 2) {
      for (int j = 0; j < n; ++j) {
        part[j] += part[j + n];
      }
    }
    to[i] = part[0];
  }
#endif
}

// ---- half precision -------------------------------------------------------------------------------
struct Float16 {
  static Floats widen(const std::uint16_t* from) {
    float to[lanes];
    widen_float16(from, to, lanes);
    return load<Floats>(to);
  }

  static void narrow(Floats from, std::uint16_t* to) {
    float copy[lanes];
    store(copy, from);
    narrow_float16(copy, to, lanes);
  }
};

struct BFloat16 {
  static Floats widen(const std::uint16_t* from) {
    return Floats(__builtin_convertvector(load<Halves>(from), Words) << 16);
  }

  static void narrow(Floats from, std::uint16_t* to) {
    float copy[lanes];
    store(copy, from);
    narrow_bfloat16(copy, to, lanes);
  }
};

void widen(Format from, const void* in, float* out, std::size_t n) {
  if (from == Format::float32) {
    __builtin_memcpy(out, in, n * sizeof(float));
  } else if (from == Format::float16) {
    widen_float16(static_cast<const std::uint16_t*>(in), out, n);
  } else {
    widen_bfloat16(static_cast<const std::uint16_t*>(in), out, n);
  }
}

void narrow(Format to, const float* in, void* out, std::size_t n) {
  if (to == Format::float32) {
    __builtin_memcpy(out, in, n * sizeof(float));
  } else if (to == Format::float16) {
    narrow_float16(in, static_cast<std::uint16_t*>(out), n);
  } else {
    narrow_bfloat16(in, static_cast<std::uint16_t*>(out), n);
  }
}

// ---- rows of a matrix -----------------------------------------------------------------------------
// Rows are read in segments of whole blocks, but for the last one, whose last block may be shorter.
constexpr std::size_t segment = 2048;

// A segment of a row. `values` gives the numbers of a block, `rest` those of a shorter one, filled up with zeros.
// `quick_values` gives those of a block in the order that costs least, which is that of `arranged` within each vector.
struct PlainRow {
  static constexpr bool whole_blocks = false;
  static Floats arranged(Floats x) { return x; }
};

struct Float32Row : PlainRow {
  const float* numbers;

  void open(const Matrix& w, std::size_t row, std::size_t column, std::size_t) {
    numbers = reinterpret_cast<const float*>(w.data + std::ptrdiff_t(row) * w.row_bytes) + column;
  }

  void values(std::size_t at, Floats (&v)[vectors]) const {
    for (int i = 0; i < vectors; ++i) {
      v[i] = load<Floats>(numbers + at + i * lanes);
    }
  }

  void quick_values(std::size_t at, Floats (&v)[vectors]) const { values(at, v); }

  void rest(std::size_t at, std::size_t n, Floats (&v)[vectors]) const {
    float some[block] = {};
    __builtin_memcpy(some, numbers + at, n * sizeof *some);
    for (int i = 0; i < vectors; ++i) {
      v[i] = load<Floats>(some + i * lanes);
    }
  }
};

template <class Half>
struct HalfRow : PlainRow {
  const std::uint16_t* numbers;

  void open(const Matrix& w, std::size_t row, std::size_t column, std::size_t) {
    numbers = reinterpret_cast<const std::uint16_t*>(w.data + std::ptrdiff_t(row) * w.row_bytes) + column;
  }

  void values(std::size_t at, Floats (&v)[vectors]) const {
    for (int i = 0; i < vectors; ++i) {
      v[i] = Half::widen(numbers + at + i * lanes);
    }
  }

  void quick_values(std::size_t at, Floats (&v)[vectors]) const { values(at, v); }

  void rest(std::size_t at, std::size_t n, Floats (&v)[vectors]) const {
    std::uint16_t some[block] = {};
    __builtin_memcpy(some, numbers + at, n * sizeof *some);
    for (int i = 0; i < vectors; ++i) {
      v[i] = Half::widen(some + i * lanes);
    }
  }
};

// Extracts the i-th vector of a block's numbers. Never reads beyond the 4 · bits bytes of the block.
template <int bits>
Words extract(const unsigned char* from, int i) {
  constexpr std::uint32_t mask = (1u << bits) - 1;
#if defined(__AVX512F__)
  if constexpr (bits == 8) {
    return Words(_mm512_maskz_cvtepu8_epi32(every, load<__m128i>(from + 16 * i)));
  } else if constexpr (bits == 4) {
    const Words shifts = {0, 4, 8, 12, 16, 20, 24, 28, 0, 4, 8, 12, 16, 20, 24, 28};
    const auto both =
        _mm512_mask_set1_epi32(_mm512_set1_epi32(load<int>(from + 8 * i)), 0xff00, load<int>(from + 8 * i + 4));
    return Words(both) >> shifts & mask;
  } else if constexpr (bits == 2) {
    const Words shifts = {0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30};
    return (load<std::uint32_t>(from + 4 * i) - Words{}) >> shifts & mask;
  } else {
    // the two bytes that contain a number, then the number
    constexpr auto bytes = [](int j) { return (j * bits / 8 + 1) << 8 | j * bits / 8 | int(0x80800000); };
    constexpr auto shift = [](int j) { return unsigned(j * bits % 8); };
    const auto pairs =
        _mm512_setr_epi32(bytes(0), bytes(1), bytes(2), bytes(3), bytes(4), bytes(5), bytes(6), bytes(7), bytes(8),
                          bytes(9), bytes(10), bytes(11), bytes(12), bytes(13), bytes(14), bytes(15));
    const Words shifts = {shift(0), shift(1), shift(2),  shift(3),  shift(4),  shift(5),  shift(6),  shift(7),
                          shift(8), shift(9), shift(10), shift(11), shift(12), shift(13), shift(14), shift(15)};
    const auto packed = _mm_maskz_loadu_epi8(__mmask16((1u << 2 * bits) - 1), from + 2 * bits * i);
    const auto spread = _mm512_maskz_shuffle_epi8(~__mmask64{}, _mm512_maskz_broadcast_i32x4(every, packed), pairs);
    return Words(spread) >> shifts & mask;
  }
#else
  // Eight numbers are `bits` bytes, read with others of the block in front of them.
  const auto eight = [from](int j) {
    const int at = j * bits < 4 * bits - 8 ? j * bits : 4 * bits - 8;
    return load<std::uint64_t>(from + at) >> 8 * (j * bits - at);
  };
#if defined(__AVX2__)
  if constexpr (bits == 8) {
    return Words(_mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from + 8 * i))));
  } else if constexpr (bits <= 4) {
    const Words shifts = {0, bits, 2 * bits, 3 * bits, 4 * bits, 5 * bits, 6 * bits, 7 * bits};
    const auto packed = bits == 4 ? load<std::uint32_t>(from + 4 * i) : std::uint32_t(eight(i));
    return (packed - Words{}) >> shifts & mask;
  } else {
    // the two bytes that contain a number, then the number
    constexpr auto bytes = [](int j) { return (j * bits / 8 + 1) << 8 | j * bits / 8 | int(0x80800000); };
    constexpr auto shift = [](int j) { return unsigned(j * bits % 8); };
    const auto pairs =
        _mm256_setr_epi32(bytes(0), bytes(1), bytes(2), bytes(3), bytes(4), bytes(5), bytes(6), bytes(7));
    const Words shifts = {shift(0), shift(1), shift(2), shift(3), shift(4), shift(5), shift(6), shift(7)};
    const auto spread = _mm256_shuffle_epi8(_mm256_set1_epi64x((long long)(eight(i))), pairs);
    return Words(spread) >> shifts & mask;
  }
#else
  const Words shifts = {0, bits, 2 * bits, 3 * bits};
  return (std::uint32_t(eight(i / 2) >> (i % 2 * 4 * bits)) - Words{}) >> shifts & mask;
#endif
#endif
}

template <int bits>
struct AffineRow {
  static constexpr bool whole_blocks = true;
  const unsigned char* numbers;
  const float* scale;
  const float* bias;
  int shift;  // blocks in a group, as a power of two
  float widened[2][segment / block];

  void open(const Matrix& w, std::size_t row, std::size_t column, std::size_t n) {
    numbers = w.data + std::ptrdiff_t(row) * w.row_bytes + column / 8 * bits;
    shift = w.group == 32 ? 0 : w.group == 64 ? 1 : 2;
    const std::size_t at = row * w.groups + (column / block >> shift);
    if (w.scale_format == Format::float32) {
      scale = reinterpret_cast<const float*>(w.scales) + at;
      bias = reinterpret_cast<const float*>(w.biases) + at;
    } else {
      widen(w.scale_format, w.scales + 2 * at, widened[0], n / block >> shift);
      widen(w.scale_format, w.biases + 2 * at, widened[1], n / block >> shift);
      scale = widened[0];
      bias = widened[1];
    }
  }

  void values(std::size_t at, Floats (&v)[vectors]) const {
    const unsigned char* from = numbers + at / 8 * bits;
    meant(at, v, [from](int i) { return extract<bits>(from, i); });
  }

#if defined(__AVX512F__)
  static constexpr bool by_halves = bits == 4;
#else
  static constexpr bool by_halves = false;
#endif

  static Floats arranged(Floats x) {
#if defined(__AVX512F__)
    if constexpr (by_halves) {
      const auto order = _mm512_setr_epi32(0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15);
      return Floats(_mm512_maskz_permutexvar_ps(every, order, __m512(x)));
    }
#endif
    return x;
  }

  void quick_values(std::size_t at, Floats (&v)[vectors]) const {
    if constexpr (!by_halves) {
      values(at, v);
    } else {
      // Sixteen numbers are both halves of 64 bits, and shifted by the same distances.
      using Pairs = std::uint64_t __attribute__((vector_size(4 * lanes)));
      const Pairs shifts = {0, 4, 8, 12, 16, 20, 24, 28};
      const unsigned char* from = numbers + at / 2;
      meant(at, v, [&](int i) { return Words((load<std::uint64_t>(from + 8 * i) - Pairs{}) >> shifts); });
    }
  }

  // The numbers of a block with each result rounded to a format.
  template <class Round>
  void rounded(std::size_t at, Floats (&v)[vectors], Round round) const {
    const std::size_t group = at / block >> shift;
    for (int i = 0; i < vectors; ++i) {
      const Floats number = __builtin_convertvector(Ints(extract<bits>(numbers + at / 8 * bits, i)), Floats);
      v[i] = round(round(number * scale[group]) + bias[group]);
    }
  }

 private:
  // What the numbers of a block stand for. `number` gives a vector of them, with anything in higher bits if a table
  // is used.
  template <class Numbers>
  void meant(std::size_t at, Floats (&v)[vectors], Numbers number) const {
    const std::size_t group = at / block >> shift;
    const Floats s = all(scale[group]);
    const Floats b = all(bias[group]);
    // The processor looks ahead within a page only, and a matrix is three streams.
    __builtin_prefetch(numbers + at / 8 * bits + 4096);
    __builtin_prefetch(scale + group + 512);
    __builtin_prefetch(bias + group + 512);
#if defined(__AVX512F__)
    if constexpr (bits <= 4) {  // a table of all values that a number can stand for
      const Floats numbers = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
      const Floats table = multiply_add(numbers, s, b);
      for (int i = 0; i < vectors; ++i) {
        v[i] = Floats(_mm512_maskz_permutexvar_ps(every, __m512i(number(i)), __m512(table)));
      }
      return;
    }
#endif
    for (int i = 0; i < vectors; ++i) {
      v[i] = multiply_add(__builtin_convertvector(Ints(number(i)), Floats), s, b);
    }
  }
};

// Floating-point numbers of 4 bits, or of 8 bits, of which the largest is NaN.
template <int bits>
Floats small_floats(Words numbers) {
  static_assert(bits == 4 || bits == 8);
  constexpr int mantissa = bits == 4 ? 1 : 3, bias = bits == 4 ? 1 : 7;
  const Words magnitude = numbers & ((1u << (bits - 1)) - 1);
  const Words sign = numbers >> (bits - 1) << 31;
  const Floats normal = Floats((magnitude << (23 - mantissa)) + (std::uint32_t(127 - bias) << 23));
  // With the lowest exponent, a number has no leading one.
  constexpr float one = 1.f / (1 << bias);
  const Floats denormal = (normal - one) * 2;
  const Words lowest = Words(magnitude < (1u << mantissa));
  Words results = (Words(denormal) & lowest) | (Words(normal) & ~lowest) | sign;
  if constexpr (bits == 8) {
    results |= Words(magnitude == 0x7f) & 0x7fc00000;
  }
  return Floats(results);
}

template <int bits>
struct ScaledRow {
  static constexpr bool whole_blocks = false;
  static constexpr std::size_t smallest_group = 16;
  static constexpr std::size_t block_bytes = block / 8 * bits;
  const unsigned char* numbers;
  int shift;  // of the position of a number, which gives its group
  float scales[segment / smallest_group + 1];

  void open(const Matrix& w, std::size_t row, std::size_t column, std::size_t n) {
    numbers = w.data + std::ptrdiff_t(row) * w.row_bytes + column / 8 * bits;
    shift = w.group == smallest_group ? 4 : 5;
    const unsigned char* from = w.scales + row * w.groups + (column >> shift);
    const std::size_t groups = n >> shift;
    for (std::size_t i = 0; i < groups; ++i) {
      scales[i] = w.group == smallest_group ? small_floats<8>(from[i] - Words{})[0] : power_of_two(from[i]);
    }
    scales[groups] = 0;  // of the numbers that fill up the last block
  }

  void values(std::size_t at, Floats (&v)[vectors]) const { meant(numbers + at / 8 * bits, at, v); }
  void quick_values(std::size_t at, Floats (&v)[vectors]) const { values(at, v); }
  static Floats arranged(Floats x) { return x; }

  void rest(std::size_t at, std::size_t n, Floats (&v)[vectors]) const {
    unsigned char some[block_bytes] = {};
    __builtin_memcpy(some, numbers + at / 8 * bits, n / 8 * bits);
    meant(some, at, v);
  }

 private:
  static float power_of_two(unsigned char exponent) {
    const std::uint32_t number = exponent == 0 ? 1u << 22 : std::uint32_t(exponent) << 23;  // the lowest is denormal
    return load<float>(&number);
  }

  void meant(const unsigned char* from, std::size_t at, Floats (&v)[vectors]) const {
    for (int i = 0; i < vectors; ++i) {
      const Floats scale = all(scales[(at + std::size_t(i) * lanes) >> shift]);
#if defined(__AVX512F__)
      if constexpr (bits == 4) {
        const Floats table = {0, .5, 1, 1.5, 2, 3, 4, 6, -0.f, -.5, -1, -1.5, -2, -3, -4, -6};
        const auto number = __m512i(extract<bits>(from, i));
        v[i] = Floats(_mm512_maskz_permutexvar_ps(every, number, __m512(table))) * scale;
        continue;
      }
#endif
      v[i] = small_floats<bits>(extract<bits>(from, i)) * scale;
    }
  }
};

// ---- products -------------------------------------------------------------------------------------
std::size_t smaller(std::size_t a, std::size_t b) { return a < b ? a : b; }

// `rows` rows of the matrix with `count` vectors.
template <class Row, int rows, int count>
void dots_of(const Matrix& w, std::size_t row, std::size_t columns, const float* x, std::size_t x_stride, float* y,
             std::size_t y_stride) {
  constexpr int chains = count > 1     ? 2
                         : vectors < 4 ? vectors
                                       : 4;  // sums side by side, which need not wait for each other
  Floats sums[count][rows][chains] = {};
  const auto add = [&](const Floats(&v)[rows][vectors], const float* x, std::size_t x_stride, auto arranged) {
    for (int i = 0; i < vectors; ++i) {
      for (int j = 0; j < count; ++j) {
        const Floats at = arranged(load<Floats>(x + std::size_t(j) * x_stride + i * lanes));
        for (int r = 0; r < rows; ++r) {
          sums[j][r][i % chains] = multiply_add(v[r][i], at, sums[j][r][i % chains]);
        }
      }
    }
  };
  for (std::size_t first = 0; first < columns; first += segment) {
    const std::size_t n = smaller(segment, columns - first);
    Row from[rows];
    for (int r = 0; r < rows; ++r) {
      from[r].open(w, row + r, first, n);
    }
    Floats v[rows][vectors];
    std::size_t at = 0;
    for (; at + block <= n; at += block) {
      for (int r = 0; r < rows; ++r) {
        from[r].quick_values(at, v[r]);
      }
      add(v, x + first + at, x_stride, Row::arranged);
    }
    if (at == n) {
      continue;
    }
    if constexpr (!Row::whole_blocks) {
      float rest[count][block] = {};
      for (int j = 0; j < count; ++j) {
        __builtin_memcpy(rest[j], x + std::size_t(j) * x_stride + first + at, (n - at) * sizeof *x);
      }
      for (int r = 0; r < rows; ++r) {
        from[r].rest(at, n - at, v[r]);
      }
      add(v, rest[0], block, [](Floats x) { return x; });
    }
  }
  constexpr int all = count * rows;
  Floats totals[(all + 3) / 4][4] = {};
  for (int j = 0; j < count; ++j) {
    for (int r = 0; r < rows; ++r) {
      Floats& total = totals[(j * rows + r) / 4][(j * rows + r) % 4];
      total = sums[j][r][0];
      for (int i = 1; i < chains; ++i) {
        total += sums[j][r][i];
      }
    }
  }
  for (int first = 0; first < all; first += 4) {
    float results[4];
    sums_of_four(totals[first / 4], results);
    for (int i = first; i < all && i < first + 4; ++i) {
      y[std::size_t(i / rows) * y_stride + row + std::size_t(i % rows)] = results[i - first];
    }
  }
}

template <class Row, int count>
void dots_with(const Matrix& w, const Part& part, const float* x, std::size_t x_stride, float* y,
               std::size_t y_stride) {
  std::size_t row = part.row;
  const std::size_t last = part.row + part.rows;
  for (; row + 2 <= last; row += 2) {
    dots_of<Row, 2, count>(w, row, part.columns, x, x_stride, y, y_stride);
  }
  if (row < last) {
    dots_of<Row, 1, count>(w, row, part.columns, x, x_stride, y, y_stride);
  }
}

// The sums of a segment, apart from those of other vectors, with which they would compete for a place in the cache.
constexpr std::size_t summed = segment + 48;

// `rows` rows of a segment with `count` vectors, added to `all_sums`.
template <class Row, int rows, int count>
void sums_of(const Matrix& w, std::size_t row, std::size_t column, std::size_t n, const float* x, std::size_t x_stride,
             float (&all_sums)[count][summed]) {
  Row from[rows];
  Floats factor[count][rows];
  for (int r = 0; r < rows; ++r) {
    from[r].open(w, row + r, column, n);
    for (int j = 0; j < count; ++j) {
      factor[j][r] = all(x[std::size_t(j) * x_stride + row + r]);
    }
  }
  const auto add = [&](const Floats(&v)[vectors], int r, Floats(&sums)[count][vectors]) {
    for (int j = 0; j < count; ++j) {
      for (int i = 0; i < vectors; ++i) {
        sums[j][i] = multiply_add(v[i], factor[j][r], sums[j][i]);
      }
    }
  };
  Floats v[vectors];
  Floats sums[count][vectors];
  std::size_t at = 0;
  for (; at + block <= n; at += block) {
    for (int j = 0; j < count; ++j) {
      for (int i = 0; i < vectors; ++i) {
        sums[j][i] = load<Floats>(all_sums[j] + at + i * lanes);
      }
    }
    for (int r = 0; r < rows; ++r) {
      from[r].values(at, v);
      add(v, r, sums);
    }
    for (int j = 0; j < count; ++j) {
      for (int i = 0; i < vectors; ++i) {
        store(all_sums[j] + at + i * lanes, sums[j][i]);
      }
    }
  }
  if (at == n) {
    return;
  }
  if constexpr (!Row::whole_blocks) {
    for (int j = 0; j < count; ++j) {
      __builtin_memset(sums[j], 0, sizeof sums[j]);
      __builtin_memcpy(sums[j], all_sums[j] + at, (n - at) * sizeof(float));
    }
    for (int r = 0; r < rows; ++r) {
      from[r].rest(at, n - at, v);
      add(v, r, sums);
    }
    for (int j = 0; j < count; ++j) {
      __builtin_memcpy(all_sums[j] + at, sums[j], (n - at) * sizeof(float));
    }
  }
}

template <class Row, int count>
void sums_with(const Matrix& w, const Part& part, const float* x, std::size_t x_stride, float* y,
               std::size_t y_stride) {
  // Not in y: where the columns of two threads meet, both would write to the same cache line again and again.
  alignas(64) float sums[count][summed];
  for (std::size_t first = 0; first < part.columns; first += segment) {
    const std::size_t column = part.column + first;
    const std::size_t n = smaller(segment, part.columns - first);
    for (int j = 0; j < count; ++j) {
      __builtin_memset(sums[j], 0, n * sizeof(float));
    }
    std::size_t row = part.row;
    const std::size_t last = part.row + part.rows;
    for (; row + 4 <= last; row += 4) {
      sums_of<Row, 4, count>(w, row, column, n, x, x_stride, sums);
    }
    for (; row < last; ++row) {
      sums_of<Row, 1, count>(w, row, column, n, x, x_stride, sums);
    }
    for (int j = 0; j < count; ++j) {
      __builtin_memcpy(y + std::size_t(j) * y_stride + column, sums[j], n * sizeof(float));
    }
  }
}

// ---- several vectors and a matrix of float32 --------------------------------------------------------
#ifdef __AVX2__
#ifdef __AVX512F__
constexpr std::size_t most_in_tiles = 256;
#else
constexpr std::size_t most_in_tiles = 64;
#endif

// A block of so many columns and most_rows_in_place rows of the matrix is multiplied with all vectors before the next
// one. It is read in place.
constexpr std::size_t columns_at_once = 512;

void multiply_in_tiles(const Matrix& w, const Part& part, const float* x, std::size_t x_stride, std::size_t count,
                       float* y, std::size_t y_stride) {
  const std::size_t w_stride = std::size_t(w.row_bytes) / sizeof(float);
  const std::size_t groups = (count + tile_rows - 1) / tile_rows;
  for (std::size_t first = 0; first < part.columns; first += columns_at_once) {
    const std::size_t column = part.column + first, columns = smaller(columns_at_once, part.columns - first);
    for (std::size_t k = 0; k < part.rows; k += most_rows_in_place) {
      const std::size_t row = part.row + k, rows = smaller(most_rows_in_place, part.rows - k);
      const auto* numbers = reinterpret_cast<const float*>(w.data + std::ptrdiff_t(row) * w.row_bytes) + column;
      const auto multiply = k == 0 ? multiply_rows<false, false> : multiply_rows<true, false>;
      for (std::size_t i = 0; i < groups; ++i) {
        const std::size_t j = count * i / groups, n = count * (i + 1) / groups - j;
        multiply({x + j * x_stride + row, std::ptrdiff_t(x_stride), 1}, n, {numbers, rows, columns, w_stride},
                 {y + j * y_stride + column, y_stride}, {});
      }
    }
  }
}

// With fewer vectors, reading the matrix takes longest, and that is fastest from one place on.
constexpr std::size_t fewest_in_tiles = 5;
#else
constexpr std::size_t most_in_tiles = 0;
#endif

template <class Row>
void expand_rows(const Matrix& w, const Part& part, float* out, std::size_t out_stride) {
  for (std::size_t r = 0; r < part.rows; ++r) {
    for (std::size_t first = 0; first < part.columns; first += segment) {
      const std::size_t n = smaller(segment, part.columns - first);
      float* to = out + r * out_stride + first;
      Row from;
      from.open(w, part.row + r, part.column + first, n);
      Floats v[vectors];
      std::size_t at = 0;
      for (; at + block <= n; at += block) {
        from.values(at, v);
        __builtin_memcpy(to + at, v, sizeof v);
      }
      if constexpr (!Row::whole_blocks) {
        if (at < n) {
          from.rest(at, n - at, v);
          __builtin_memcpy(to + at, v, (n - at) * sizeof *to);
        }
      }
    }
  }
}

template <int bits>
void dequantize_rows(const Matrix& w, const Part& part, unsigned char* out, std::size_t out_stride) {
  for (std::size_t r = 0; r < part.rows; ++r) {
    for (std::size_t first = 0; first < part.columns; first += segment) {
      const std::size_t n = smaller(segment, part.columns - first);
      const std::size_t to = r * out_stride + first;
      AffineRow<bits> from;
      from.open(w, part.row + r, part.column + first, n);
      Floats v[vectors];
      const auto rounded_to = [&]<class Half>(Half) {
        for (std::size_t at = 0; at < n; at += block) {
          from.rounded(at, v, [](Floats x) {
            std::uint16_t half[lanes];
            Half::narrow(x, half);
            return Half::widen(half);
          });
          for (int i = 0; i < vectors; ++i) {
            Half::narrow(v[i], reinterpret_cast<std::uint16_t*>(out) + to + at + i * lanes);
          }
        }
      };
      if (w.scale_format == Format::float16) {
        rounded_to(Float16());
      } else if (w.scale_format == Format::bfloat16) {
        rounded_to(BFloat16());
      } else {
        for (std::size_t at = 0; at < n; at += block) {
          from.rounded(at, v, [](Floats x) { return x; });
          __builtin_memcpy(out + 4 * (to + at), v, sizeof v);
        }
      }
    }
  }
}

// ---- the choice of a matrix's format --------------------------------------------------------------
template <int bits>
struct Bits {};

template <class Use>
void with_bits(const Matrix& w, Use use) {
  switch (w.bits) {
    case 2:
      return use(Bits<2>());
    case 3:
      return use(Bits<3>());
    case 4:
      return use(Bits<4>());
    case 5:
      return use(Bits<5>());
    case 6:
      return use(Bits<6>());
    default:
      return use(Bits<8>());
  }
}

template <class Row>
struct Rows {};

template <class Use>
void with_rows(const Matrix& w, Use use) {
  switch (w.format) {
    case Format::float32:
      return use(Rows<Float32Row>());
    case Format::float16:
      return use(Rows<HalfRow<Float16>>());
    case Format::bfloat16:
      return use(Rows<HalfRow<BFloat16>>());
    case Format::affine:
      return with_bits(w, [&]<int bits>(Bits<bits>) { use(Rows<AffineRow<bits>>()); });
    case Format::scaled:
      return w.bits == 4 ? use(Rows<ScaledRow<4>>()) : use(Rows<ScaledRow<8>>());
  }
}

// Calls `use` for groups of vectors that read the matrix together.
template <class Use>
void in_groups(std::size_t count, Use use) {
  std::size_t j = 0;
  for (; j + 4 <= count; j += 4) {
    use(j, Bits<4>());
  }
  for (; j + 2 <= count; j += 2) {
    use(j, Bits<2>());
  }
  if (j < count) {
    use(j, Bits<1>());
  }
}

void dots(const Matrix& w, const Part& part, const float* x, std::size_t x_stride, std::size_t count, float* y,
          std::size_t y_stride) {
  with_rows(w, [&]<class Row>(Rows<Row>) {
    in_groups(count, [&]<int n>(std::size_t j, Bits<n>) {
      dots_with<Row, n>(w, part, x + j * x_stride, x_stride, y + j * y_stride, y_stride);
    });
  });
}

void sums(const Matrix& w, const Part& part, const float* x, std::size_t x_stride, std::size_t count, float* y,
          std::size_t y_stride) {
#ifdef __AVX2__
  if (w.format == Format::float32 && count >= fewest_in_tiles) {
    multiply_in_tiles(w, part, x, x_stride, count, y, y_stride);
    return;
  }
#endif
  with_rows(w, [&]<class Row>(Rows<Row>) {
    in_groups(count, [&]<int n>(std::size_t j, Bits<n>) {
      sums_with<Row, n>(w, part, x + j * x_stride, x_stride, y + j * y_stride, y_stride);
    });
  });
}

void expand(const Matrix& w, const Part& part, float* out, std::size_t out_stride) {
  with_rows(w, [&]<class Row>(Rows<Row>) { expand_rows<Row>(w, part, out, out_stride); });
}

void dequantize(const Matrix& w, const Part& part, void* out, std::size_t out_stride) {
  with_bits(
      w, [&]<int bits>(Bits<bits>) { dequantize_rows<bits>(w, part, static_cast<unsigned char*>(out), out_stride); });
}

}  // namespace

template <>
ProductKernels product_kernels<MLX4J_INSTRUCTIONS>() {
  return {dots, sums, most_in_tiles, expand, dequantize, widen, narrow};
}

}  // namespace mlx4j::cpu
