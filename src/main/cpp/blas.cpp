#include "blas.h"

#ifdef MLX4J_REFERENCE_LAPACK

#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include "bridge/process_end.h"
#include "cpu/parallel.h"
#include "cpu/shared_products.h"

// Defined and called in assembly.
extern "C" {
struct BlasFunction {
  const char* name;
  void* address;
};
extern BlasFunction mlx4j_blas_functions[], mlx4j_blas_functions_end[];  // NOLINT
__attribute__((visibility("hidden"))) void mlx4j_before_lapack();
}

namespace mlx4j {

static std::string own_folder() {
  Dl_info info;
  if (!dladdr(reinterpret_cast<void*>(&use_blas), &info)) {
    throw std::runtime_error("[blas] The folder of the native library is not known.");
  }
  std::string file = info.dli_fname;
  return file.substr(0, file.rfind('/') + 1);
}

static void* open(const std::string& library, int flags) {
  if (void* handle = dlopen(library.c_str(), RTLD_LAZY | RTLD_LOCAL | flags)) {
    return handle;
  }
  const char* problem = dlerror();
  throw std::runtime_error("[blas] " + library + " cannot be loaded: " + (problem ? problem : "it is not there"));
}

template <typename Function>
static Function* find(void* library, const char* name) {
  if (void* address = dlsym(library, name)) {
    return reinterpret_cast<Function*>(address);
  }
  throw std::runtime_error(std::string("[blas] The chosen library has no ") + name + ".");
}

// OpenBLAS reads the environment and starts its threads when it is loaded. It counts the machine's cores and ignores
// the quota of a container, where spinning threads without cores of their own slow everything down; and by default an
// idle thread spins for a sixteenth of a second. Settings of the user are respected.
//
// setenv would move the environment while other threads may be reading it, so a larger copy replaces it temporarily.
class Settings {
 public:
  explicit Settings(int threads)
      : entries_{"OPENBLAS_NUM_THREADS=" + std::to_string(threads), "OPENBLAS_THREAD_TIMEOUT=20"}, before_(environ) {
    auto& copy =
        *new std::vector<char*>;  // never freed: another thread may still be reading it when the old one is restored
    for (char** entry = environ; *entry; ++entry) {
      copy.push_back(*entry);
    }
    for (auto& entry : entries_) {
      if (!getenv(entry.substr(0, entry.find('=')).c_str())) {
        copy.push_back(entry.data());
      }
    }
    copy.push_back(nullptr);
    environ = copy.data();
  }
  ~Settings() { environ = before_; }
  Settings(const Settings&) = delete;
  Settings& operator=(const Settings&) = delete;

 private:
  std::string entries_[2];
  char** before_;
};

static std::string& description = *new std::string("the system's");

// OpenBLAS keeps one number of threads for all callers, which is read when a function begins. The parts of products
// need one, decompositions as many as processors are idle, so each sets it. If one of them runs with the number of
// another one, it takes longer.
static void (*set_openblas_threads)(int) = nullptr;

template <class Gemm>
static Gemm* openblas_gemm = nullptr;

template <class... Arguments>
static void gemm_on_one_thread(Arguments... arguments) {
  set_openblas_threads(1);
  openblas_gemm<void(Arguments...)>(arguments...);
}

template <class Gemm>
static void share(void* library, BlasFunction& function) {
  openblas_gemm<Gemm> = find<Gemm>(library, function.name);
  function.address = reinterpret_cast<void*>(cpu::shared(static_cast<Gemm*>(&gemm_on_one_thread)));
}

static void* open_openblas(int threads) {
  Settings settings(threads);
  dlopen((own_folder() + "libquadmath.so.0").c_str(),
         RTLD_LAZY);  // on x86_64, libgfortran does not find it without help
  void* library = open(own_folder() + "libopenblas.so.0", 0);
  auto* config = find<char*()>(library, "openblas_get_config");
  never_destroy(reinterpret_cast<const void*>(config));
  description = config();
  const int started = find<int()>(library, "openblas_get_num_threads")();
  cpu::use_threads(started);
  description += ", " + std::to_string(started) + " threads";
  set_openblas_threads = find<void(int)>(library, "openblas_set_num_threads");
  return library;
}

static bool use_chosen(bool reference, int threads) {
  // The reference implementation was loaded before libmlx, so its LAPACK finds its BLAS.
  void* library = reference ? open(MLX4J_REFERENCE_LAPACK, RTLD_NOLOAD) : open_openblas(threads);
  if (reference) {
    description = "reference BLAS and LAPACK";
  }
  for (auto* function = mlx4j_blas_functions; function != mlx4j_blas_functions_end; ++function) {
    const std::string name = function->name;
    if (!reference && name == "cblas_sgemm") {
      share<cpu::Sgemm>(library, *function);
    } else if (!reference && name == "cblas_dgemm") {
      share<cpu::Dgemm>(library, *function);
    } else if (!reference && name == "cblas_cgemm") {
      share<cpu::Cgemm>(library, *function);
    } else {
      function->address = reinterpret_cast<void*>(find<void()>(library, function->name));
    }
  }
  return true;
}

void use_blas(bool reference, int threads) {
  static const bool chosen = use_chosen(reference, threads);
  (void)chosen;
}

const char* blas_description() { return description.c_str(); }

}  // namespace mlx4j

void mlx4j_before_lapack() {
  if (mlx4j::set_openblas_threads) {
    mlx4j::set_openblas_threads(1 + std::min(mlx4j::cpu::threads() - 1, mlx4j::cpu::idle_processors()));
  }
}

#else  // macOS: Accelerate, and an MLX of one's own: what that was linked with

namespace mlx4j {

void use_blas(bool, int) {}
const char* blas_description() { return "the system's"; }

}  // namespace mlx4j

#endif
