// The driver's entries as a program calls them without the plugin, and the plugin in a runtime of its own.
#pragma once

#include <dlfcn.h>

#include <cstdlib>

#include "hal/hal.hpp"
#include "plugins/cuda/api.hpp"

namespace hal::bench {

namespace driver = plugins::cuda::driver;

// The plugin with a manifest that asks for no hardware.
inline device open_cuda() {
  static runtime cuda([] {
    runtime_options options;
    options.plugin_path = {HAL_BENCH_CUDA_PLUGIN_DIR};
    options.only_plugin_path = true;
    return options;
  }());
  return cuda.open("cuda:0");
}

// The entries, as the plugin has them. Ends the program when there is no driver.
inline const driver::entries &direct() {
  static const driver::entries found = [] {
    driver::entries all;
    void *library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) std::abort();
#define HAL_CUDA_ENTRY(need, member, symbol, since, parameters) \
  all.member = reinterpret_cast<decltype(all.member)>(dlsym(library, #symbol));
#include "plugins/cuda/entries.inc"
#undef HAL_CUDA_ENTRY
    return all;
  }();
  return found;
}

// The first device's context, current for as long as this lives: as a program works that keeps it so.
struct context_kept {
  context_kept() { direct().ctx_push_current(made()); }
  ~context_kept() {
    driver::context popped = nullptr;
    direct().ctx_pop_current(&popped);
  }
  context_kept(const context_kept &) = delete;
  context_kept &operator=(const context_kept &) = delete;

  static driver::context made() {
    driver::context context = nullptr;
    direct().primary_ctx_retain(&context, 0);
    return context;
  }
};

}  // namespace hal::bench
