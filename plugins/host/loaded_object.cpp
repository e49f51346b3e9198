#include "plugins/host/loaded_object.hpp"

#define BOOST_DLL_USE_STD_FS
#include <dlfcn.h>
#include <elf.h>
#include <fmt/format.h>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <boost/dll/shared_library.hpp>
#include <cerrno>
#include <exception>
#include <string>
#include <vector>

#include "hal/plugin/failure.hpp"
#include "plugins/host/elf_image.hpp"
#include "plugins/host/pages.hpp"

namespace hal::plugins::host {
namespace {

using plugin::failure;

// An anonymous file with the bytes, as a file that the dynamic linker can open.
descriptor file_with(std::span<const std::byte> bytes) {
#ifdef MFD_EXEC
  constexpr unsigned executable = MFD_EXEC;
#else
  constexpr unsigned executable = 0x10;
#endif
  descriptor file(memfd_create("hal-module", MFD_CLOEXEC | executable));
  if (!file && errno == EINVAL) file = descriptor(memfd_create("hal-module", MFD_CLOEXEC));
  std::size_t written = 0;
  while (file && written < bytes.size()) {
    const ssize_t step = write(file.get(), bytes.data() + written, bytes.size() - written);
    if (step < 0 && errno == EINTR) continue;
    if (step <= 0) break;
    written += static_cast<std::size_t>(step);
  }
  if (!file || written < bytes.size()) {
    const int error = errno;
    throw failure(HAL_STATUS_RESOURCE_EXHAUSTED,
                  fmt::format("An anonymous file of {} bytes for a module could not be made (errno {}).",
                              bytes.size(), error),
                  error);
  }
  return file;
}

}  // namespace

struct loaded_object::library {
  library(std::span<const std::byte> bytes, std::vector<elf_segment> loaded)
      : file(file_with(bytes)),
        path(fmt::format("/proc/self/fd/{}", file.get())),
        segments(std::move(loaded)) {
    try {
      object.load(path, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
    } catch (const std::exception &refused) {
      throw failure(HAL_STATUS_INVALID_MODULE,
                    fmt::format("The dynamic linker refused the module: {}", refused.what()));
    }
    const link_map *map = nullptr;
    if (dlinfo(object.native(), RTLD_DI_LINKMAP, &map) != 0)
      throw failure(HAL_STATUS_INTERNAL, "The dynamic linker does not say where it put the module.");
    base = map->l_addr;
  }

  ~library() {
    object.unload();
    // An object that cannot be unloaded keeps its name, and the linker takes a file of the same name for it:
    // the number must then never be used again.
    if (void *still = dlopen(path.c_str(), RTLD_LAZY | RTLD_NOLOAD)) {
      dlclose(still);
      file.release();
    }
  }

  const elf_segment *holder(const void *address, std::uint64_t size) const noexcept {
    const std::uint64_t at = reinterpret_cast<std::uintptr_t>(address) - base;
    for (const elf_segment &each : segments) {
      if (at >= each.address && at - each.address <= each.memory_size &&
          size <= each.memory_size - (at - each.address))
        return &each;
    }
    return nullptr;
  }

  descriptor file;
  std::string path;
  std::vector<elf_segment> segments;
  boost::dll::shared_library object;
  std::uintptr_t base = 0;
};

loaded_object::loaded_object(std::span<const std::byte> bytes) {
  library_ = std::make_unique<library>(bytes, elf_image::verified(bytes).segments());
  if (!library_->object.has(HAL_NATIVE_MODULE_SYMBOL)) {
    throw failure(HAL_STATUS_INVALID_MODULE, "The ELF module exports no symbol " HAL_NATIVE_MODULE_SYMBOL
                                             ", the table of its kernels (hal/abi/native_kernel.h).");
  }
  const void *symbol = &library_->object.get<const char>(HAL_NATIVE_MODULE_SYMBOL);
  if (!readable(symbol, sizeof *table_) ||
      reinterpret_cast<std::uintptr_t>(symbol) % alignof(hal_native_module) != 0) {
    throw failure(HAL_STATUS_INVALID_MODULE,
                  "The table of kernels (" HAL_NATIVE_MODULE_SYMBOL ") is misaligned or not in the module.");
  }
  table_ = static_cast<const hal_native_module *>(symbol);
}

loaded_object::~loaded_object() = default;

bool loaded_object::readable(const void *address, std::uint64_t size) const {
  const elf_segment *in = library_->holder(address, size);
  return in != nullptr && (in->flags & PF_R) != 0;
}

bool loaded_object::executable(const void *address) const {
  const elf_segment *in = library_->holder(address, 1);
  return in != nullptr && (in->flags & PF_X) != 0;
}

bool loaded_object::text(const char *address) const {
  for (const char *at = address; readable(at, 1); ++at) {
    if (*at == '\0') return true;
  }
  return false;
}

}  // namespace hal::plugins::host
