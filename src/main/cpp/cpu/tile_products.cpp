#include "cpu/tile_products.h"

#include "cpu.h"

#ifdef __x86_64__

#include <algorithm>

#include "bridge/threads.h"
#include "cpu/kernels/tiles.h"
#include "cpu/parallel.h"
#include "cpu/sgemm.h"
#include "cpu/workspaces.h"

namespace mlx4j::cpu {

// What is packed at once of the right matrix, which fits into the cache of the second level, and how much of the inner
// dimension.
static constexpr std::size_t columns_at_once = 512;
static constexpr std::size_t inner_at_once = 256;

static constexpr std::size_t panel_bytes = Panel::steps(inner_at_once) * Panel::step_bytes;
static constexpr std::size_t panels_at_once = columns_at_once / Panel::width;

namespace {

// What a thread packs and multiplies in.
struct Workspace {
  alignas(64) float products[2][Panel::width * Panel::width];
  alignas(64) unsigned char left[panel_bytes];
  alignas(64) unsigned char right[panels_at_once][panel_bytes];
  Workspace* next_free;
};

}  // namespace

static Workspaces<Workspace>& workspaces() {
  static auto& workspaces = immortal<Workspaces<Workspace>>();
  return workspaces;
}

// The product of a strip of each factor, where one of them has numbers that the unit does not take.
static void multiply_strips(const Strip& left, const Strip& right, float* y) {
  const bool left_rows = left.along == 1, right_rows = right.across == 1;
  sgemm_on_one_thread()(row_major, left_rows ? not_transposed : transposed, right_rows ? not_transposed : transposed,
                        int(left.width), int(right.width), int(left.inner), 1, left.data,
                        int(left_rows ? left.across : left.along), right.data,
                        int(right_rows ? right.along : right.across), 0, y, int(Panel::width));
}

// A product of which threads may compute some rows each.
class TileProduct {
 public:
  TileProduct(const Factor& left, const Factor& right, std::size_t m, std::size_t n, std::size_t k, float alpha,
              float beta, float* c, std::size_t row_c)
      : left_(left), right_(right), m_(m), n_(n), k_(k), alpha_(alpha), beta_(beta), c_(c), row_c_(row_c) {}

  // With a workspace for the calling thread, and alone unless `by_rows`.
  void compute(Workspace& workspace, bool by_rows) const {
    const std::size_t strips = (m_ + Panel::width - 1) / Panel::width;
    for (std::size_t column = 0; column < n_; column += columns_at_once) {
      for (std::size_t first = 0; first < k_; first += inner_at_once) {
        const Block block{column, std::min(columns_at_once, n_ - column), first, std::min(inner_at_once, k_ - first)};
        workspaces().parallel(strips, by_rows ? 1 : strips, workspace,
                              [&](Workspace& own, Ranges& ranges) { multiply(block, own, ranges); });
      }
    }
  }

 private:
  // What is packed at once of the right factor.
  struct Block {
    std::size_t column, columns, first, inner;
  };

  // The product of some strips of the left factor with a block of the right one.
  void multiply(const Block& block, Workspace& workspace, Ranges& ranges) const {
    std::size_t strip, last;
    if (!ranges.take(strip, last)) {
      return;
    }
    const auto [column, columns, first, inner] = block;
    const auto right_strip = [&](std::size_t panel) {
      const std::size_t at = panel * Panel::width;
      return right_.strip(column + at, std::min(Panel::width, columns - at), first, inner);
    };
    const TileKernels use = tile_kernels<Instructions::avx512>();
    const std::size_t panels = (columns + Panel::width - 1) / Panel::width;
    Panel left_panel{workspace.left}, right_panels[panels_at_once];
    for (std::size_t i = 0; i < panels; ++i) {
      right_panels[i].data = workspace.right[i];
      use.pack_right(right_strip(i), right_panels[i]);
    }
    // The results of a square are added to c while the unit computes the next one.
    const float* computed = nullptr;
    float* to = nullptr;
    std::size_t rows = 0, width = 0;
    const auto finish = [&] {
      if (computed) {
        use.finish(computed, alpha_, first == 0 ? beta_ : 1, to, row_c_, rows, width);
      }
    };
    std::size_t squares = 0;
    use.begin();
    do {
      for (; strip < last; ++strip) {
        const std::size_t row = strip * Panel::width;
        const Strip left_strip = left_.strip(row, std::min(Panel::width, m_ - row), first, inner);
        use.pack_left(left_strip, left_panel);
        for (std::size_t i = 0; i < panels; ++i, ++squares) {
          float* y = workspace.products[squares % 2];
          float* results = c_ + row * row_c_ + column + i * Panel::width;
          for (std::size_t r = 0; r < left_strip.width; ++r) {
            __builtin_prefetch(results + r * row_c_, 1);
          }
          if (left_panel.parts > 0 && right_panels[i].parts > 0) {
            use.multiply(left_panel, right_panels[i], Panel::steps(inner), y);
          } else {
            multiply_strips(left_strip, right_strip(i), y);
          }
          finish();
          computed = y;
          to = results;
          rows = left_strip.width;
          width = std::min(Panel::width, columns - i * Panel::width);
        }
      }
    } while (ranges.take(strip, last));
    finish();
    use.end();
  }

  Factor left_, right_;
  std::size_t m_, n_, k_;
  float alpha_, beta_;
  float* c_;
  std::size_t row_c_;
};

template <bool by_rows>
static void product(int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float* a,
                    int row_a, const float* b, int row_b, float beta, float* c, int row_c) {
  Workspace* workspace = workspaces().take();
  if (!workspace) {
    sgemm_on_one_thread()(order, transpose_a, transpose_b, m, n, k, alpha, a, row_a, b, row_b, beta, c, row_c);
    return;
  }
  const TileProduct product({a, transpose_a == not_transposed, row_a}, {b, transpose_b != not_transposed, row_b},
                            std::size_t(m), std::size_t(n), std::size_t(k), alpha, beta, c, std::size_t(row_c));
  product.compute(*workspace, by_rows);
  workspaces().give_back(workspace);
}

// Packing and filling up tiles take longer than what the unit saves if a product is smaller than this, or if more than
// a quarter of the tiles is empty.
static bool is_worth_tiles(int m, int n, int k) {
  constexpr double smallest = 1 << 19;     // multiplications
  constexpr int tile = int(Panel::width);  // and Panel::step
  const auto filled = [](int side) { return double((side + tile - 1) / tile * tile); };
  const double work = double(m) * n * k;
  return work >= smallest && work >= 0.75 * filled(m) * filled(n) * filled(k);
}

static bool uses_tiles(int m, int n, int k) {
  return instructions() == Instructions::amx && cpu_kernels() && is_worth_tiles(m, n, k);
}

Sgemm* product_on_tiles(int m, int n, int k) { return uses_tiles(m, n, k) ? &product<false> : nullptr; }

Sgemm* product_by_rows_on_tiles(int m, int n, int k) {
  constexpr int rows_of_a_thread = 128;  // which take longer than packing a block
  return m >= rows_of_a_thread * threads() && uses_tiles(m, n, k) ? &product<true> : nullptr;
}

}  // namespace mlx4j::cpu

#else

namespace mlx4j::cpu {

Sgemm* product_on_tiles(int, int, int) { return nullptr; }
Sgemm* product_by_rows_on_tiles(int, int, int) { return nullptr; }

}  // namespace mlx4j::cpu

#endif
