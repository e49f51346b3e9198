// A vendor's shared library: found by name, never unloaded, because its threads and exit handlers outlive an
// unloading.
#pragma once

#include <dlfcn.h>
#include <link.h>

#include <string>

namespace hal::plugin {

class library {
 public:
  // Empty: nothing is loaded.
  library() = default;

  // Loads a file as the dynamic linker finds it; empty when that fails, and then `why` is the linker's text.
  static library load(const char *file, std::string &why) {
    library found(::dlopen(file, RTLD_NOW | RTLD_LOCAL));
    if (!found) {
      const char *text = ::dlerror();
      why = text == nullptr ? "the dynamic linker gives no reason" : text;
    }
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

  void *handle_ = nullptr;
};

}  // namespace hal::plugin
