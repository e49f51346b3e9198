// A vendor's shared library: loaded by its name, never unloaded, because its threads and exit handlers
// outlive an unloading.
#pragma once

namespace hal::plugins::opencl {

class library {
 public:
  // Throws HAL_STATUS_UNAVAILABLE with the dynamic linker's text and `advice`, a sentence. `lazily`: what it
  // lacks is not missed before it is called.
  library(const char *file, const char *advice, bool lazily = false);

  // NULL when the library has no such entry.
  void *symbol(const char *name) const noexcept;

 private:
  void *handle_;
};

}  // namespace hal::plugins::opencl
