#include "plugins/hip/api.hpp"

#include <fmt/format.h>

#include "hal/plugin/failure.hpp"
#include "plugins/hip/library.hpp"

namespace hal::plugins::hip {
namespace {

constexpr int oldest = 5020;

// hipRuntimeGetVersion counts major * 10000000 + minor * 100000 + patch.
int shortened(int told) {
  return told / 10'000'000 * 1000 + told / 100'000 % 100 * 10;
}

std::string text_of(int version) {
  return version == 0 ? "an unknown version" : fmt::format("HIP {}.{}", version / 1000, version % 1000 / 10);
}

// For a message about something else: unknown is an answer.
int version_of(const plugin::library &from) {
  const auto ask = reinterpret_cast<driver::result (*)(int *)>(from.symbol("hipRuntimeGetVersion"));
  int version = 0;
  return ask == nullptr || ask(&version) != driver::hipSuccess ? 0 : shortened(version);
}

template <typename Entry>
void find(const runtime_library &from, bool required, const char *name, Entry &entry) {
  entry = reinterpret_cast<Entry>(from.handle.symbol(name));
  if (entry != nullptr || !required) return;
  throw plugin::failure(HAL_STATUS_INCOMPATIBLE_VERSION,
                        fmt::format("{} has no {}; it is of {}, and this plugin needs HIP 5.2 or later.",
                                    from.file, name, text_of(version_of(from.handle))));
}

}  // namespace

api::api() : library(find_runtime()) {
  [[maybe_unused]] constexpr bool required = true;
  [[maybe_unused]] constexpr bool optional = false;
#define HAL_HIP_ENTRY(need, answer, member, symbol, since, parameters) find(library, need, #symbol, member);
#include "plugins/hip/entries.inc"
#undef HAL_HIP_ENTRY
  version = version_of(library.handle);
  if (version < oldest) {
    throw plugin::failure(
        HAL_STATUS_INCOMPATIBLE_VERSION,
        fmt::format("{} is of {}; this plugin needs HIP 5.2 or later.", library.file, text_of(version)));
  }
  // Loaded by the runtime itself, so not searched for.
  const plugin::library below = plugin::library::loaded("libhsa-runtime64.so.1");
  export_dma_buf = reinterpret_cast<decltype(export_dma_buf)>(below.symbol("hsa_amd_portable_export_dmabuf"));
}

const api &vendor() {
  static const api loaded;
  return loaded;
}

}  // namespace hal::plugins::hip
