// Shared objects. The only place that knows Boost.DLL.
#pragma once

#include <filesystem>
#include <memory>

namespace hal::rt {

// A loaded shared object. Its code stays mapped until the process ends, also when nobody holds this any more:
// vendor libraries below a plugin leave threads and exit handlers behind that outlive dlclose.
class shared_object {
 public:
  // Loads with RTLD_NOW | RTLD_LOCAL; `file` is absolute, so that no search path has a say. Throws
  // hal::error, unavailable: the file is not fit to be loaded (runtime/object_file.hpp), or the dynamic
  // linker refused it, with its words.
  explicit shared_object(const std::filesystem::path &file);
  shared_object(shared_object &&) noexcept;
  shared_object &operator=(shared_object &&) noexcept;
  ~shared_object();

  // The exported function or nullptr.
  template <typename Function>
  Function *function(const char *name) const noexcept {
    return reinterpret_cast<Function *>(symbol(name));
  }

 private:
  void *symbol(const char *name) const noexcept;

  struct library;
  std::unique_ptr<library> library_;
};

}  // namespace hal::rt
