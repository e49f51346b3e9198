// A vendor's shared library: found by name, never unloaded, because its threads and exit handlers outlive an
// unloading.
#pragma once

#include <dlfcn.h>
#include <link.h>

#include <string>

#include "hal/plugin/failure.hpp"

namespace hal::plugin {

class library {
 public:
  // Empty: nothing is loaded.
  library() = default;

  // Loads a file as the dynamic linker finds it; empty when that fails, and then `why` is the linker's text.
  static library load(const char *file, std::string &why) {
    library found(::dlopen(file, RTLD_NOW | RTLD_LOCAL));
    if (!found) why = linker_text();
    return found;
  }

  // The same for a library without which the plugin cannot work. Throws HAL_STATUS_UNAVAILABLE with the
  // linker's text and `advice`, a sentence: where the library comes from. `binding` is RTLD_NOW, or RTLD_LAZY
  // where a function that the library itself lacks matters only when it is called.
  static library require(const char *file, const char *advice, int binding = RTLD_NOW) {
    library found(::dlopen(file, binding | RTLD_LOCAL));
    if (!found)
      throw failure(HAL_STATUS_UNAVAILABLE,
                    std::string(file) + " cannot be loaded: " + linker_text() + ". " + advice);
    return found;
  }

  // What the process has loaded under that name already; empty when it has not.
  static library loaded(const char *file) noexcept {
    return library(::dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD));
  }

  explicit operator bool() const noexcept { return handle_ != nullptr; }

  // NULL when the library has no such entry.
  void *symbol(const char *name) const noexcept {
    return handle_ == nullptr ? nullptr : ::dlsym(handle_, name);
  }

  // Where it was loaded from.
  std::string path() const {
    ::link_map *map = nullptr;
    if (handle_ == nullptr || ::dlinfo(handle_, RTLD_DI_LINKMAP, &map) != 0 || map->l_name == nullptr)
      return {};
    return map->l_name;
  }

 private:
  explicit library(void *handle) noexcept : handle_(handle) {}

  static std::string linker_text() {
    const char *text = ::dlerror();
    return text == nullptr ? "the dynamic linker gives no reason" : text;
  }

  void *handle_ = nullptr;
};

}  // namespace hal::plugin
