#include "process_end.h"

#ifdef __linux__

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>

namespace mlx4j {

// A library of the process, as the dynamic linker describes it.
struct Loaded {
  std::uintptr_t inside;
  std::uintptr_t base = 0;
  const ElfW(Dyn) * dynamic = nullptr;
  std::uintptr_t read_only = 0, read_only_end = 0;  // what the dynamic linker write-protected after relocation

  std::uintptr_t value(std::int64_t tag) const {
    for (auto* entry = dynamic; entry->d_tag != DT_NULL; ++entry) {
      if (entry->d_tag == tag) {
        return entry->d_un.d_val;
      }
    }
    return 0;
  }

  template <class T>
  T* table(std::int64_t tag) const {
    const auto address = value(tag);
    return reinterpret_cast<T*>(address && address < base ? address + base : address);
  }

  void write(void* slot, void (*function)()) const {
    const auto page = std::uintptr_t(sysconf(_SC_PAGESIZE));
    const auto address = reinterpret_cast<std::uintptr_t>(slot);
    auto* start = reinterpret_cast<void*>(address & ~(page - 1));
    const bool is_protected = address >= (read_only & ~(page - 1)) && address < (read_only_end & ~(page - 1));
    if (is_protected && mprotect(start, page, PROT_READ | PROT_WRITE) != 0) {
      return;  // if that is forbidden, the process ends as the library wants
    }
    __atomic_store_n(static_cast<void (**)()>(slot), function, __ATOMIC_RELEASE);
    if (is_protected) {
      mprotect(start, page, PROT_READ);
    }
  }
};

static int look_at(dl_phdr_info* info, std::size_t, void* data) {
  auto& found = *static_cast<Loaded*>(data);
  bool is_inside = false;
  Loaded loaded{found.inside, info->dlpi_addr};
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& segment = info->dlpi_phdr[i];
    const auto start = info->dlpi_addr + segment.p_vaddr;
    if (segment.p_type == PT_LOAD) {
      is_inside |= found.inside >= start && found.inside - start < segment.p_memsz;
    } else if (segment.p_type == PT_DYNAMIC) {
      loaded.dynamic = reinterpret_cast<const ElfW(Dyn)*>(start);
    } else if (segment.p_type == PT_GNU_RELRO) {
      loaded.read_only = start;
      loaded.read_only_end = start + segment.p_memsz;
    }
  }
  if (is_inside) {
    found = loaded;
  }
  return is_inside;
}

static int register_nothing(void (*)(void*), void*, void*) { return 0; }
static void do_nothing() {}

// C++ registers a destructor when the object is constructed, by a function that the library calls through this table.
static void refuse_destructors(const Loaded& library, std::int64_t table, std::uintptr_t bytes) {
  auto* relocation = library.table<const ElfW(Rela)>(table);
  auto* symbols = library.table<const ElfW(Sym)>(DT_SYMTAB);
  auto* names = library.table<const char>(DT_STRTAB);
  for (auto n = relocation ? bytes / sizeof *relocation : 0; n > 0; --n, ++relocation) {
    const auto symbol = ELF64_R_SYM(relocation->r_info);
    if (symbol && std::strcmp(names + symbols[symbol].st_name, "__cxa_atexit") == 0) {
      library.write(reinterpret_cast<void*>(library.base + relocation->r_offset),
                    reinterpret_cast<void (*)()>(&register_nothing));
    }
  }
}

void never_destroy(const void* inside) {
  Loaded library{reinterpret_cast<std::uintptr_t>(inside)};
  if (!dl_iterate_phdr(look_at, &library) || !library.dynamic) {
    return;
  }
  refuse_destructors(library, DT_JMPREL, library.value(DT_PLTRELSZ));
  refuse_destructors(library, DT_RELA, library.value(DT_RELASZ));
  auto* last_words = library.table<void*>(DT_FINI_ARRAY);
  for (auto n = library.value(DT_FINI_ARRAYSZ) / sizeof *last_words; n > 0; --n) {
    library.write(last_words++, &do_nothing);
  }
}

}  // namespace mlx4j

#else

namespace mlx4j {

void never_destroy(const void*) {}

}  // namespace mlx4j

#endif
