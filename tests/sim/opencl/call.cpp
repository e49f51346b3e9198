#include "tests/sim/opencl/call.hpp"

#include <dlfcn.h>
#include <glob.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>

#include "tests/sim/opencl/config.hpp"

namespace sim {
namespace {

std::atomic<std::int64_t> made = 0;

// By its path: the stand-in has its name.
void *open_real() {
  glob_t found{};
  for (const char *pattern :
       {"/usr/lib/*/libOpenCL.so.1", "/usr/lib64/libOpenCL.so.1", "/usr/lib/libOpenCL.so.1"})
    glob(pattern, found.gl_pathc == 0 ? 0 : GLOB_APPEND, nullptr, &found);
  void *library = nullptr;
  for (std::size_t i = 0; i < found.gl_pathc && library == nullptr; ++i)
    library = dlopen(found.gl_pathv[i], RTLD_NOW | RTLD_LOCAL);
  globfree(&found);
  if (library != nullptr) return library;
  std::fprintf(stderr, "The stand-in for libOpenCL.so.1 found no real one to stand before.\n");
  std::abort();
}

void *library() {
  static void *const opened = open_real();
  return opened;
}

driver::entries find_entries() {
  driver::entries all;
#define HAL_OPENCL_ENTRY(need, member, symbol, since, returns, parameters) \
  all.member = reinterpret_cast<decltype(all.member)>(dlsym(library(), #symbol));
#include "plugins/opencl/entries.inc"
#undef HAL_OPENCL_ENTRY
  return all;
}

}  // namespace

const driver::entries &real() {
  static const driver::entries found = find_entries();
  return found;
}

void *real_entry(const char *symbol) {
  return dlsym(library(), symbol);
}

int planned(const char *symbol) {
  return enter(configuration().faults, symbol);
}

void add_made(std::int64_t references) {
  made += references;
}

}  // namespace sim

SIM_EXPORT std::uint64_t clSimLeftBehind() {
  return static_cast<std::uint64_t>(sim::made.load());
}
