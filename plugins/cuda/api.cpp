#include "plugins/cuda/api.hpp"

#include <fmt/format.h>

#include "hal/plugin/failure.hpp"
#include "hal/plugin/library.hpp"

namespace hal::plugins::cuda {
namespace {

constexpr char library_name[] = "libcuda.so.1";
constexpr char advice[] =
    "It comes with NVIDIA's driver (Debian: libcuda1; elsewhere often libnvidia-compute); in a container it "
    "is "
    "passed in from the host.";
constexpr int oldest = 11000;

// The driver's version as text, for a message about something else: "unknown" is an answer.
std::string version_of(const plugin::library &from) {
  const auto ask = reinterpret_cast<driver::result (*)(int *)>(from.symbol("cuDriverGetVersion"));
  int version = 0;
  if (ask == nullptr || ask(&version) != driver::CUDA_SUCCESS) return "of an unknown version";
  return fmt::format("of CUDA {}.{}", version / 1000, version % 1000 / 10);
}

template <typename Entry>
void find(const plugin::library &from, bool required, const char *name, Entry &entry) {
  entry = reinterpret_cast<Entry>(from.symbol(name));
  if (entry != nullptr || !required) return;
  throw plugin::failure(HAL_STATUS_INCOMPATIBLE_VERSION,
                        fmt::format("{} has no {}; it is {}, and this plugin needs a driver of CUDA 11.0 or "
                                    "later.",
                                    library_name, name, version_of(from)));
}

}  // namespace

api::api() {
  const plugin::library from = plugin::library::require(library_name, advice);
  [[maybe_unused]] constexpr bool required = true;
  [[maybe_unused]] constexpr bool optional = false;
#define HAL_CUDA_ENTRY(need, member, symbol, since, parameters) find(from, need, #symbol, member);
#include "plugins/cuda/entries.inc"
#undef HAL_CUDA_ENTRY
  if (driver_get_version(&version) != driver::CUDA_SUCCESS) version = 0;
  if (version < oldest) {
    throw plugin::failure(
        HAL_STATUS_INCOMPATIBLE_VERSION,
        fmt::format("{} is of CUDA {}.{}; this plugin needs a driver of CUDA 11.0 or later.", library_name,
                    version / 1000, version % 1000 / 10));
  }
}

const api &vendor() {
  static const api loaded;
  return loaded;
}

}  // namespace hal::plugins::cuda
