#include "plugins/hip/library.hpp"

#include <fmt/format.h>
#include <link.h>

#include <cstdlib>
#include <string_view>
#include <vector>

#include "hal/plugin/failure.hpp"

namespace hal::plugins::hip {
namespace {

constexpr std::string_view base_name = "libamdhip64.so";
constexpr const char *names[] = {"libamdhip64.so.7", "libamdhip64.so.6", "libamdhip64.so.5"};
constexpr char advice[] =
    "It comes with AMD's ROCm (Debian: libamdhip64-5; elsewhere often hip-runtime-amd); HAL_HIP_LIBRARY "
    "names one "
    "that the dynamic linker does not find.";

// Paths of the runtimes that the process has loaded, whoever did it: frameworks bring copies of their own, in
// their own folders.
std::vector<std::string> loaded_runtimes() {
  std::vector<std::string> found;
  const auto visit = [](::dl_phdr_info *object, std::size_t, void *to) {
    const std::string_view path = object->dlpi_name == nullptr ? "" : object->dlpi_name;
    if (path.substr(path.rfind('/') + 1).starts_with(base_name))
      static_cast<std::vector<std::string> *>(to)->emplace_back(path);
    return 0;
  };
  ::dl_iterate_phdr(visit, &found);
  return found;
}

runtime_library load(const char *file) {
  const plugin::library handle = plugin::library::require(file, advice);
  return {handle, handle.path(), false, {}};
}

}  // namespace

runtime_library find_runtime() {
  const char *wanted = ::secure_getenv("HAL_HIP_LIBRARY");
  if (wanted != nullptr && *wanted != '\0') return load(wanted);
  const std::vector<std::string> there = loaded_runtimes();
  for (const std::string &path : there) {
    const plugin::library handle = plugin::library::loaded(path.c_str());
    if (!handle) continue;
    runtime_library found{handle, path, true, {}};
    for (const std::string &other : there) {
      if (other != path) found.passed_over += (found.passed_over.empty() ? "" : ", ") + other;
    }
    return found;
  }
  std::string first_reason;
  for (const char *name : names) {
    std::string why;
    const plugin::library handle = plugin::library::load(name, why);
    if (handle) return {handle, handle.path(), false, {}};
    // One that is there and cannot be loaded is worth more words than one that is missing.
    const bool missing = why.starts_with(name) && why.ends_with("No such file or directory");
    if (!missing && first_reason.empty()) first_reason = fmt::format("{} cannot be loaded: {}.", name, why);
  }
  if (first_reason.empty())
    first_reason = "None of libamdhip64.so.7, .6 and .5 is found by the dynamic linker.";
  throw plugin::failure(HAL_STATUS_UNAVAILABLE, fmt::format("{} {}", first_reason, advice));
}

}  // namespace hal::plugins::hip
