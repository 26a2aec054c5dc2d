#include "cpu/tile_products.h"

#include "cpu.h"

#ifdef __x86_64__

#include <algorithm>
#include <mutex>
#include <new>
#include <utility>

#include "bridge/threads.h"
#include "cpu/kernels/tiles.h"
#include "cpu/sgemm.h"

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

// As many workspaces as threads have computed at the same time.
class Workspaces {
 public:
  // Null if there is no memory.
  Workspace* take() {
    std::lock_guard lock(mutex_);
    if (!free_) {
      return new (std::nothrow) Workspace;
    }
    return std::exchange(free_, free_->next_free);
  }

  void give_back(Workspace* workspace) {
    std::lock_guard lock(mutex_);
    workspace->next_free = std::exchange(free_, workspace);
  }

 private:
  std::mutex mutex_;
  Workspace* free_ = nullptr;
};

// A factor, whose rows or columns are taken in strips.
struct Factor {
  const float* data;
  std::ptrdiff_t across;
  std::ptrdiff_t along;

  Strip strip(std::size_t first, std::size_t width, std::size_t inner_first, std::size_t inner) const {
    return {data + std::ptrdiff_t(first) * across + std::ptrdiff_t(inner_first) * along, width, inner, across, along};
  }
};

}  // namespace

static Workspaces& workspaces() {
  static auto& workspaces = immortal<Workspaces>();
  return workspaces;
}

static Sgemm* without_tiles = nullptr;

// The product of a strip of each factor, where one of them has numbers that the unit does not take.
static void multiply_strips(const Strip& left, const Strip& right, float* y) {
  const bool left_rows = left.along == 1, right_rows = right.across == 1;
  without_tiles(row_major, left_rows ? not_transposed : transposed, right_rows ? not_transposed : transposed,
                int(left.width), int(right.width), int(left.inner), 1, left.data,
                int(left_rows ? left.across : left.along), right.data, int(right_rows ? right.along : right.across), 0,
                y, int(Panel::width));
}

static void multiply(const TileKernels& use, Workspace& workspace, const Factor& left, const Factor& right,
                     std::size_t m, std::size_t n, std::size_t k, float alpha, float beta, float* c,
                     std::size_t row_c) {
  Panel left_panel{workspace.left}, right_panels[panels_at_once];
  for (std::size_t i = 0; i < panels_at_once; ++i) {
    right_panels[i].data = workspace.right[i];
  }
  use.begin();
  for (std::size_t column = 0; column < n; column += columns_at_once) {
    const std::size_t columns = std::min(columns_at_once, n - column);
    for (std::size_t first = 0; first < k; first += inner_at_once) {
      const std::size_t inner = std::min(inner_at_once, k - first);
      const auto right_strip = [&](std::size_t panel) {
        const std::size_t at = panel * Panel::width;
        return right.strip(column + at, std::min(Panel::width, columns - at), first, inner);
      };
      const std::size_t panels = (columns + Panel::width - 1) / Panel::width;
      for (std::size_t i = 0; i < panels; ++i) {
        use.pack_right(right_strip(i), right_panels[i]);
      }
      // The results of a block are added to c while the unit computes the next block.
      const float* computed = nullptr;
      float* to = nullptr;
      std::size_t rows = 0, width = 0;
      const auto finish = [&] {
        if (computed) {
          use.finish(computed, alpha, first == 0 ? beta : 1, to, row_c, rows, width);
        }
      };
      std::size_t blocks = 0;
      for (std::size_t row = 0; row < m; row += Panel::width) {
        const Strip left_strip = left.strip(row, std::min(Panel::width, m - row), first, inner);
        use.pack_left(left_strip, left_panel);
        for (std::size_t i = 0; i < panels; ++i, ++blocks) {
          float* y = workspace.products[blocks % 2];
          float* results = c + row * row_c + column + i * Panel::width;
          for (std::size_t r = 0; r < left_strip.width; ++r) {
            __builtin_prefetch(results + r * row_c, 1);
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
      finish();
    }
  }
  use.end();
}

static void product(int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float* a,
                    int row_a, const float* b, int row_b, float beta, float* c, int row_c) {
  Workspace* workspace = workspaces().take();
  if (!workspace) {
    without_tiles(order, transpose_a, transpose_b, m, n, k, alpha, a, row_a, b, row_b, beta, c, row_c);
    return;
  }
  const auto factor = [](const float* data, bool inner_in_rows, int row) {
    return inner_in_rows ? Factor{data, row, 1} : Factor{data, 1, row};
  };
  multiply(tile_kernels<Instructions::avx512>(), *workspace, factor(a, transpose_a == not_transposed, row_a),
           factor(b, transpose_b != not_transposed, row_b), std::size_t(m), std::size_t(n), std::size_t(k), alpha, beta,
           c, std::size_t(row_c));
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

Sgemm* product_on_tiles(int m, int n, int k) {
  return instructions() == Instructions::amx && cpu_kernels() && is_worth_tiles(m, n, k) ? &product : nullptr;
}

void use_beside_tiles(Sgemm* product) { without_tiles = product; }

}  // namespace mlx4j::cpu

#else

namespace mlx4j::cpu {

Sgemm* product_on_tiles(int, int, int) { return nullptr; }
void use_beside_tiles(Sgemm*) {}

}  // namespace mlx4j::cpu

#endif
