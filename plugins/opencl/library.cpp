#include "plugins/opencl/library.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#define BOOST_DLL_USE_STD_FS
#include <boost/dll/shared_library.hpp>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include "hal/plugin/failure.hpp"

namespace hal::plugins::opencl {
namespace {

// The dynamic linker's own words; Boost.DLL wraps them into its own and adds an errno that means nothing.
std::string_view linker_text(std::string_view wrapped) {
  constexpr std::string_view begin = "(dlerror system message: ";
  const std::size_t first = wrapped.find(begin);
  const std::size_t last = wrapped.rfind(')');
  if (first == std::string_view::npos || last < first) return wrapped;
  return wrapped.substr(first + begin.size(), last - first - begin.size());
}

// Keeps the library loaded for as long as the process lives.
void *keep(std::unique_ptr<boost::dll::shared_library> loaded) {
  static auto &mutex = *new std::mutex;
  static auto &all = *new std::vector<std::unique_ptr<boost::dll::shared_library>>;
  const std::lock_guard lock(mutex);
  all.push_back(std::move(loaded));
  return all.back()->native();
}

}  // namespace

library::library(const char *file, const char *advice, bool lazily) {
  using boost::dll::load_mode::type;
  const auto mode =
      (lazily ? type::rtld_lazy : type::rtld_now) | type::rtld_local | type::search_system_folders;
  try {
    // The overloads with an error_code lose the dynamic linker's text.
    handle_ = keep(std::make_unique<boost::dll::shared_library>(file, mode));
  } catch (const std::exception &refused) {
    throw plugin::failure(HAL_STATUS_UNAVAILABLE, fmt::format("{} cannot be loaded: {}. {}", file,
                                                              linker_text(refused.what()), advice));
  }
}

void *library::symbol(const char *name) const noexcept {
  return ::dlsym(handle_, name);
}

}  // namespace hal::plugins::opencl
