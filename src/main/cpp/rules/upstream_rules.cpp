#include "rules/upstream_rules.h"

#include <cstring>
#include <stdexcept>
#include <string>

#ifdef __APPLE__
#include <mach/mach.h>
#else
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace mlx4j {

namespace {

// Makes a slot of a virtual table writable for a moment. The tables are read-only once the library is loaded.
class Writable {
 public:
#ifdef __APPLE__
  explicit Writable(void** slot) : address_(reinterpret_cast<vm_address_t>(slot)) {
    protect(VM_PROT_READ | VM_PROT_WRITE | VM_PROT_COPY);
  }
  ~Writable() { vm_protect(mach_task_self(), address_, sizeof(void*), false, VM_PROT_READ); }

 private:
  void protect(vm_prot_t access) {
    if (vm_protect(mach_task_self(), address_, sizeof(void*), false, access) != KERN_SUCCESS) {
      throw std::runtime_error("[mlx4j] the rules of MLX's primitives cannot be replaced: memory stays read-only");
    }
  }
  vm_address_t address_;
#else
  explicit Writable(void** slot) {
    const auto size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    page_ = reinterpret_cast<void*>(reinterpret_cast<std::uintptr_t>(slot) / size * size);
    size_ = size;
    if (mprotect(page_, size_, PROT_READ | PROT_WRITE) != 0) {
      throw std::runtime_error(std::string("[mlx4j] the rules of MLX's primitives cannot be replaced: ") +
                               std::strerror(errno));
    }
  }
  ~Writable() { mprotect(page_, size_, PROT_READ); }

 private:
  void* page_;
  std::size_t size_;
#endif

 public:
  Writable(const Writable&) = delete;
  Writable& operator=(const Writable&) = delete;
};

}  // namespace

void* replace_slot(const mx::Primitive& primitive, std::string_view type, std::size_t slot, void* method) {
  if (type_name_of(primitive) != type) {
    throw std::logic_error("[mlx4j] a rule for " + std::string(type) + " would replace one of " +
                           type_name_of(primitive));
  }
  void** table = *reinterpret_cast<void** const*>(&primitive);
  void* original = table[slot];
  Writable writable(table + slot);
  table[slot] = method;
  return original;
}

}  // namespace mlx4j
